package dev.parley.jinja;

/** A template that cannot be read, or that cannot be rendered with its inputs; one sentence that names the file and the line. */
public class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one with a sentence for whoever wrote the template.
     *
     * @param message what is wrong, and in which line where that is known
     */
    public TemplateException(String message) {
        super(message);
    }
}
