package dev.parley.data.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a stream as bytes, one at a time in one buffer, with the line break that ends them. */
public final class ByteLines {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int longest;
    private byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;
    private int filled;
    private boolean atEnd;
    private long number;

    /**
     * Begins before the first line.
     *
     * @param longest bytes of a line; a longer one comes in pieces, of which only the first says that it begins a line
     */
    public ByteLines(InputStream in, int longest) throws IOException {
        this.in = in;
        this.longest = longest;
        fill();
        if (startsWith(BYTE_ORDER_MARK)) to = BYTE_ORDER_MARK.length;
    }

    private boolean startsWith(byte[] mark) throws IOException {
        while (filled < mark.length && fill()) {}
        return filled >= mark.length && Arrays.equals(buffer, 0, mark.length, mark, 0, mark.length);
    }

    /** Goes to the next line, or to the next piece of one that is too long. */
    public boolean next() throws IOException {
        var lineEnded = number == 0 || to > 0 && buffer[to - 1] == '\n';
        from = to;
        var searched = from;
        while (true) {
            var end = newline(searched);
            if (end >= 0 || filled - from >= longest) {
                to = end >= 0 ? end + 1 : from + longest;
                break;
            }
            searched = filled;
            var kept = searched - from;
            if (!fill()) {
                to = filled;
                break;
            }
            searched = from + kept;
        }
        if (to == from) return false;
        if (lineEnded) number++;
        return true;
    }

    private int newline(int searched) {
        var limit = (int) Math.min(filled, (long) from + longest);
        for (int i = searched; i < limit; i++) if (buffer[i] == '\n') return i;
        return -1;
    }

    /** Reads more behind what is held, making room for it first. */
    private boolean fill() throws IOException {
        if (atEnd) return false;
        if (filled == buffer.length) {
            var held = filled - from;
            if (from > buffer.length / 2) System.arraycopy(buffer, from, buffer, 0, held);
            else {
                var larger = new byte[buffer.length * 2];
                System.arraycopy(buffer, from, larger, 0, held);
                buffer = larger;
            }
            to -= from;
            from = 0;
            filled = held;
        }
        var n = in.read(buffer, filled, buffer.length - filled);
        if (n < 0) atEnd = true;
        else filled += n;
        return n >= 0;
    }

    /** Whether the line is longer than allowed, and this is not all of it. */
    public boolean isCut() {
        return to - from == longest && buffer[to - 1] != '\n';
    }

    /** Counted from 1. */
    public long number() {
        return number;
    }

    /** What holds the line, between {@link #from} and {@link #end}; the next line overwrites it. */
    public byte[] bytes() {
        return buffer;
    }

    /** Where the line begins. */
    public int from() {
        return from;
    }

    /** After the line break. */
    public int to() {
        return to;
    }

    /** Before the line break. */
    public int end() {
        var end = to;
        if (end > from && buffer[end - 1] == '\n') end--;
        if (end > from && buffer[end - 1] == '\r') end--;
        return end;
    }

    /** Whether there is nothing but white space in it. */
    public boolean isBlank() {
        for (int i = from; i < to; i++) if (buffer[i] > ' ' || buffer[i] < 0) return false;
        return true;
    }
}
