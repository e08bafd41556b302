package dev.parley.knowledge.documents;

/**
 * A piece of a document's structure.
 *
 * @param level of a heading, 1 to 6; 0 for others
 * @param page from 1; 0 in a document without pages
 * @param start in the document's text
 * @param end after its last character
 */
public record Block(Kind kind, int level, int page, int start, int end) {

    /** What it is. */
    public enum Kind {
        HEADING, PARAGRAPH, ITEM, ROW, CODE
    }
}
