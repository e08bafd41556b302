package dev.parley.knowledge.documents;

/** A file that cannot be read as a document; the message says why, and goes on after the file's name. */
public final class DocumentException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence that says what is wrong with the file. */
    public DocumentException(String message) {
        super(message);
    }
}
