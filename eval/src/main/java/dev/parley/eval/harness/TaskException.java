package dev.parley.eval.harness;

/** A task that cannot be run as it is written; one sentence that names the file or field and says what to do. */
public class TaskException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence that names the file and the fault. */
    public TaskException(String message) {
        super(message);
    }
}
