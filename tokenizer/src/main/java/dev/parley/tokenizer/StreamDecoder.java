package dev.parley.tokenizer;

import java.io.ByteArrayOutputStream;

/**
 * Turns ids into text as they come, and never shows half a character: bytes that may begin one wait for the rest. All
 * that it gave, joined, is what decoding all ids at once gives.
 */
public final class StreamDecoder {

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private byte[] waiting = new byte[0];

    StreamDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /** The text that is certain now; often empty. */
    public String push(int id) {
        var bytes = tokenizer.bytesOf(id, skipSpecialTokens);
        var joined = new ByteArrayOutputStream(waiting.length + bytes.length);
        joined.writeBytes(waiting);
        joined.writeBytes(bytes);
        var all = joined.toByteArray();
        var whole = all.length - Utf8.unfinished(all, all.length);
        waiting = java.util.Arrays.copyOfRange(all, whole, all.length);
        return Utf8.text(all, whole);
    }

    /** What still waited; half a character becomes U+FFFD. */
    public String finish() {
        var rest = Utf8.text(waiting, waiting.length);
        waiting = new byte[0];
        return rest;
    }
}
