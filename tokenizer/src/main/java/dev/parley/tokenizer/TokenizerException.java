package dev.parley.tokenizer;

/** A tokenizer's file that cannot be used, or a token that there is not; one sentence for the person who can mend it. */
public class TokenizerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TokenizerException(String message) {
        super(message);
    }
}
