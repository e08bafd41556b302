package dev.parley.data.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Strict decoding of UTF-8. */
public final class Utf8Text {

    /** What a reader says of bytes that are none. */
    public static final String FAULT = "this is not UTF-8; convert the file, for example by iconv";

    private Utf8Text() {}

    /** The text, or none where the bytes are no UTF-8. */
    public static Optional<String> decode(byte[] bytes, int from, int to) {
        var text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) return Optional.of(text);
        try { // U+FFFD may be written in the file, or stand for what is wrong in it
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
