package dev.parley.data.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Plain text, divided into documents. */
final class PlainText {

    /** Bytes of a document; a longer one is handed out in parts that end at ends of lines where there are any. */
    static final int LONGEST = 1 << 23;

    private final Division division;
    private final TextSink sink;
    private final ByteArrayOutputStream document = new ByteArrayOutputStream();
    private long begun;

    PlainText(Division division, TextSink sink) {
        this.division = division;
        this.sink = sink;
    }

    void read(InputStream in) throws IOException {
        var lines = new ByteLines(in, LONGEST);
        var mark = division instanceof Division.Marks(var text) ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
        while (lines.next()) {
            if (ends(lines, mark)) {
                flush();
                continue;
            }
            var isFull = document.size() + lines.to() - lines.from() > LONGEST;
            if (isFull) flushWholeCharacters();
            if (isFull || document.size() == 0) begun = lines.number();
            document.write(lines.bytes(), lines.from(), lines.to() - lines.from());
            if (division instanceof Division.Lines && !lines.isCut()) flush();
        }
        flush();
    }

    /** Whether a document ends before this line, which belongs to none. */
    private boolean ends(ByteLines lines, byte[] mark) {
        return switch (division) {
            case Division.WholeFile _ -> false;
            case Division.BlankLines _,Division.Lines _ -> lines.isBlank();
            case Division.Marks _ -> Arrays.equals(mark, trimmed(lines));
        };
    }

    private static byte[] trimmed(ByteLines lines) {
        int from = lines.from(), to = lines.end();
        while (from < to && lines.bytes()[from] == ' ') from++;
        while (from < to && lines.bytes()[to - 1] == ' ') to--;
        return Arrays.copyOfRange(lines.bytes(), from, to);
    }

    /** A cut may fall into a character, the bytes of which then begin the next part. */
    private void flushWholeCharacters() {
        var bytes = document.toByteArray();
        var end = wholeCharacters(bytes);
        hand(bytes, end);
        document.reset();
        document.write(bytes, end, bytes.length - end);
    }

    /** How many of the bytes are whole characters. */
    private static int wholeCharacters(byte[] bytes) {
        var lead = bytes.length - 1;
        while (lead > bytes.length - 4 && lead > 0 && (bytes[lead] & 0xC0) == 0x80) lead--;
        var b = bytes[lead] & 0xff;
        var size = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
        return bytes.length - lead >= size ? bytes.length : lead;
    }

    private void flush() {
        var bytes = document.toByteArray();
        document.reset();
        var end = bytes.length;
        if (!(division instanceof Division.WholeFile)) {
            while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) end--;
        }
        hand(bytes, end);
    }

    private void hand(byte[] bytes, int end) {
        if (end == 0) return;
        var text = Utf8Text.decode(bytes, 0, end);
        if (text.isPresent()) sink.document(text.get(), begun);
        else sink.bad(firstFault(bytes, end), Utf8Text.FAULT);
    }

    /** The line on which decoding fails. */
    private long firstFault(byte[] bytes, int end) {
        var line = begun;
        for (int from = 0; from < end; line++) {
            var to = from;
            while (to < end && bytes[to] != '\n') to++;
            if (Utf8Text.decode(bytes, from, to).isEmpty()) return line;
            from = to + 1;
        }
        return begun;
    }
}
