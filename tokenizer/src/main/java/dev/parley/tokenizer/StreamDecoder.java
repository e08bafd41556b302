package dev.parley.tokenizer;

import java.util.Set;

/**
 * Turns ids into text as they come, and never shows half a character: bytes that may begin one wait for the rest. All
 * that it gave, joined, is what decoding all ids at once gives.
 */
public final class StreamDecoder {

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private final Set<Integer> shown;
    private TokenDecoder.Growing text;

    /** @param shown special tokens that are not skipped all the same */
    StreamDecoder(Tokenizer tokenizer, boolean skipSpecialTokens, Set<Integer> shown) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
        this.shown = shown;
        text = tokenizer.vocabulary().decoder().new Growing();
    }

    /** The text that is certain now; often empty. */
    public String push(int id) {
        return tokenizer.isSkipped(id, skipSpecialTokens && !shown.contains(id)) ? ""
                : text.add(tokenizer.bytesOf(id, text.begins()), false);
    }

    /** What still waited; half a character becomes U+FFFD. Begins anew. */
    public String finish() {
        var rest = text.add(new byte[0], true);
        text = tokenizer.vocabulary().decoder().new Growing();
        return rest;
    }
}
