package dev.parley.knowledge.documents;

import dev.parley.knowledge.documents.Block.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;

/** A text without marks: its paragraphs are parted by empty lines. Also the reading of bytes as text, for all forms of text. */
final class PlainText {

    private PlainText() {}

    static Document read(String text, boolean cut) {
        var blocks = new ArrayList<Block>();
        var from = -1;
        var to = 0;
        for (int start = 0; start < text.length();) {
            var end = text.indexOf('\n', start);
            if (end < 0) end = text.length();
            if (text.substring(start, end).isBlank()) {
                if (from >= 0) blocks.add(new Block(Kind.PARAGRAPH, 0, 0, from, to));
                from = -1;
            } else {
                if (from < 0) from = start;
                to = end;
            }
            start = end + 1;
        }
        if (from >= 0) blocks.add(new Block(Kind.PARAGRAPH, 0, 0, from, to));
        return new Document("", text, blocks, cut);
    }

    /**
     * Bytes as text: UTF-8 or UTF-16 if they are that, else GB18030 if that makes Chinese of them, else Windows-1252. Lines end in one
     * character.
     *
     * @param cut whether bytes are missing at the end, so that a character may be torn there
     * @throws DocumentException if it is no text
     */
    static String decode(byte[] bytes, boolean cut) throws DocumentException {
        var utf16 = bytes.length >= 2
                && (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE || bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF);
        if (!utf16) {
            for (var b : bytes) if (b == 0) throw new DocumentException("it holds binary data and is no text");
        }
        var text = utf16 ? new String(bytes, StandardCharsets.UTF_16)
                : strictly(bytes, cut, StandardCharsets.UTF_8).or(() -> chinese(bytes, cut))
                        .orElseGet(() -> new String(bytes, Charset.forName("windows-1252")));
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).replace("\r\n", "\n").replace('\r', '\n');
    }

    private static Optional<String> strictly(byte[] bytes, boolean cut, Charset charset) {
        for (int less = 0; less <= (cut ? 3 : 0); less++) {
            try {
                return Optional.of(charset.newDecoder().decode(ByteBuffer.wrap(bytes, 0, Math.max(0, bytes.length - less))).toString());
            } catch (CharacterCodingException e) {
                continue; // perhaps a character is torn
            }
        }
        return Optional.empty();
    }

    private static Optional<String> chinese(byte[] bytes, boolean cut) {
        return strictly(bytes, cut, Charset.forName("GB18030")).filter(text -> {
            var high = text.codePoints().filter(c -> c > 127).count();
            var han = text.codePoints().filter(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN).count();
            return han * 2 > high;
        });
    }
}
