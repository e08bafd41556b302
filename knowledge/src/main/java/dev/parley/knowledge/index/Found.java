package dev.parley.knowledge.index;

/**
 * A passage that is in the index.
 *
 * @param text as it is shown
 * @param context what the text is about without saying so; may be empty
 */
public record Found(String id, String source, String title, String context, int page, int start, int end, String text, Language language) {

    /** All that is searched: the title, the context and the text. */
    public String whole() {
        return title + (context.isEmpty() ? "" : "\n" + context) + "\n" + text;
    }
}
