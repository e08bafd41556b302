package dev.parley.tokenizer;

/**
 * Turns ids into text as they come, and never shows half a character: bytes that may begin one wait for the rest. All
 * that it gave, joined, is what decoding all ids at once gives.
 */
public final class StreamDecoder {

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private TokenDecoder.Growing text;

    StreamDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
        text = tokenizer.vocabulary().decoder().new Growing();
    }

    /** The text that is certain now; often empty. */
    public String push(int id) {
        return tokenizer.isSkipped(id, skipSpecialTokens) ? "" : text.add(tokenizer.bytesOf(id, text.begins()), false);
    }

    /** What still waited; half a character becomes U+FFFD. Begins anew. */
    public String finish() {
        var rest = text.add(new byte[0], true);
        text = tokenizer.vocabulary().decoder().new Growing();
        return rest;
    }
}
