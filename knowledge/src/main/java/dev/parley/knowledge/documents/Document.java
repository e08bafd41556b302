package dev.parley.knowledge.documents;

import java.util.List;

/**
 * The text of a file, and its structure.
 *
 * @param title as the file itself gives it; may be empty; of a long one the beginning
 * @param text all of it, or its beginning
 * @param blocks in the order of the text, each within it
 * @param cut whether the file holds more than is kept
 */
public record Document(String title, String text, List<Block> blocks, boolean cut) {

    /** Nothing. */
    public static final Document EMPTY = new Document("", "", List.of(), false);

    /** Every passage without a heading repeats it. */
    private static final int LONGEST_TITLE = 200;

    public Document {
        title = title.substring(0, Math.min(title.length(), LONGEST_TITLE));
        blocks = List.copyOf(blocks);
        for (var block : blocks) {
            if (block.start() < 0 || block.end() < block.start() || block.end() > text.length()) {
                throw new IllegalArgumentException("A block from " + block.start() + " to " + block.end() + " is not within a text of "
                        + text.length() + " characters.");
            }
        }
    }
}
