package dev.parley.tensor;

/** An operation on tensors that cannot be done; the message names the operation and the shapes in one sentence. */
public final class TensorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one with a sentence.
     *
     * @param message the operation, the shapes, and what does not fit
     */
    public TensorException(String message) {
        super(message);
    }

    TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
