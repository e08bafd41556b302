package dev.parley.knowledge;

/**
 * A passage of a document.
 *
 * @param id by which it is cited; the same as long as its text and its place in the folders are the same
 * @param source the file, from the name of the indexed folder on
 * @param title the headings that it stands under, outermost first, parted by {@code " › "}; may be empty
 * @param page from 1; 0 in a document without pages
 * @param start in the document's text, which {@link KnowledgeBase#document} gives
 * @param end after its last character
 * @param language code of two letters, {@code und} if it is not told
 * @param score by which the passages found are ordered; to be compared within one search only
 * @param relevance how surely it is about the question, 0 to 1; below {@link #RELEVANT} it rather is not
 */
public record Passage(String id, String source, String title, int page, int start, int end, String text, String language, double score,
        double relevance) {

    /** From here on a passage is held to be about the question. */
    public static final double RELEVANT = 0.5;

    /** The same, of which somebody else has judged how surely it is about the question. */
    public Passage withRelevance(double judged) {
        return new Passage(id, source, title, page, start, end, text, language, score, judged);
    }

    /** Whether it is held to be about the question. */
    public boolean isRelevant() {
        return relevance >= RELEVANT;
    }
}
