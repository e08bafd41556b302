package dev.parley.serve.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * Reads JSON for a server: it tells what the values take in memory before they are made, and makes texts well-formed, since JSON can
 * write half a surrogate pair, which no text in UTF-8 can hold (RFC 8259, section 8.2).
 */
final class BodyParser extends JsonParserDelegate {

    /** Objects and lists that a body may have: many small ones fill memory, and then its collection takes long. */
    static final int MOST_STRUCTURES = 250_000;

    private static final long AT_ONCE = 1 << 16; // bytes that are told of together
    private static final long STRUCTURE = 120; // of an empty object or list of Jackson's and its place in another
    private static final long VALUE = 48;
    private static final long PER_CHARACTER = 10; // of a text's copies, and of the places of its tokens
    private static final long PER_BYTE = 2; // that has come: of a text that has not ended yet, for one

    private final LongConsumer memory;
    private int structures;
    private long told;
    private long found;

    /** @param memory is told of bytes; what it throws ends the reading */
    BodyParser(JsonParser parser, LongConsumer memory) {
        super(parser);
        this.memory = memory;
    }

    @Override
    public JsonToken nextToken() throws IOException {
        var token = super.nextToken();
        if (token != null && token.isStructStart() && ++structures > MOST_STRUCTURES) {
            throw ApiError.of(413, "too_large", "The body holds more than " + MOST_STRUCTURES + " objects and lists.");
        }
        found += switch (token) {
            case null -> 0;
            case START_OBJECT, START_ARRAY -> STRUCTURE;
            case END_OBJECT, END_ARRAY -> 0;
            case FIELD_NAME, VALUE_STRING -> VALUE + PER_CHARACTER * getTextLength();
            default -> VALUE;
        };
        if (found - told >= AT_ONCE || token == null) tell();
        return token;
    }

    private void tell() {
        if (found > told) memory.accept(found - told);
        told = found;
    }

    /** A body that tells of its bytes as they come, to the same memory. */
    static InputStream told(InputStream body, LongConsumer memory) {
        return new FilterInputStream(body) {

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                var count = super.read(into, from, most);
                if (count > 0) memory.accept(PER_BYTE * count);
                return count;
            }
        };
    }

    @Override
    public String getText() throws IOException {
        return wellFormed(super.getText());
    }

    @Override
    public String currentName() throws IOException {
        return wellFormed(super.currentName());
    }

    /** The text with U+FFFD for halves of surrogate pairs. */
    static String wellFormed(String text) {
        if (text == null) return null;
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) return replaced(text);
        }
        return text;
    }

    private static String replaced(String text) {
        var whole = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) whole.setCharAt(i, '\uFFFD');
        }
        return whole.toString();
    }

    private static boolean isHalf(String text, int at) {
        var c = text.charAt(at);
        if (Character.isHighSurrogate(c)) return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
