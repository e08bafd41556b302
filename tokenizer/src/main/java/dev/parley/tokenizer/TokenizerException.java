package dev.parley.tokenizer;

/** A tokenizer's file that cannot be used, or a token that there is not; one sentence for the person who can mend it. */
public class TokenizerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one with a sentence for whoever can mend it.
     *
     * @param message what is wrong, and in which file where that is known
     */
    public TokenizerException(String message) {
        super(message);
    }
}
