package dev.parley.data;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Puts pieces of some lengths into rows of one length, so that little of a row stays empty: pieces come in windows, the longest of a
 * window first, each into the fullest row that still has room ("best-fit decreasing", Johnson 1974, doi:10.1137/0203025). Rows are open
 * over windows, so that order and locality of the pieces are roughly kept.
 *
 * <pre>{@code
 * int[] row = BestFit.rows(lengths, 1024);   // piece 5 is put into row[5]
 * }</pre>
 */
public final class BestFit {

    private static final int WINDOW = 4096;
    private static final int OPEN_ROWS = 1024;
    private static final int NONE = -1;

    private final int length;
    private final int[] first; // open row by the room it has, or NONE
    private final BitSet rooms = new BitSet(); // those of open rows
    private int[] next = new int[1024]; // the open row of the same room after a row
    private int rows;
    private int open;

    private BestFit(int length) {
        this.length = length;
        first = new int[length + 1];
        Arrays.fill(first, NONE);
    }

    /**
     * The row of each piece.
     *
     * @param lengths of the pieces, each from 1 to {@code length}
     * @param length of a row at most
     */
    public static int[] rows(int[] lengths, int length) {
        var fit = new BestFit(length);
        var row = new int[lengths.length];
        for (int start = 0; start < lengths.length; start += WINDOW) {
            for (var piece : longestFirst(lengths, start, Math.min(lengths.length, start + WINDOW), length)) {
                row[piece] = fit.place(lengths[piece]);
            }
        }
        return row;
    }

    /** Pieces of a window, sorted by counting: equal ones keep their order. */
    private static int[] longestFirst(int[] lengths, int from, int to, int length) {
        var begin = new int[length + 2];
        for (int i = from; i < to; i++) begin[length - lengths[i] + 1]++;
        for (int i = 1; i < begin.length; i++) begin[i] += begin[i - 1];
        var sorted = new int[to - from];
        for (int i = from; i < to; i++) sorted[begin[length - lengths[i]]++] = i;
        return sorted;
    }

    private int place(int piece) {
        var room = rooms.nextSetBit(piece);
        var row = room < 0 ? rows++ : take(room);
        var left = (room < 0 ? length : room) - piece;
        if (left > 0) put(row, left);
        if (open > OPEN_ROWS) take(rooms.nextSetBit(0)); // the fullest is closed
        return row;
    }

    private int take(int room) {
        var row = first[room];
        first[room] = next[row];
        if (first[room] == NONE) rooms.clear(room);
        open--;
        return row;
    }

    private void put(int row, int room) {
        if (row >= next.length) next = Arrays.copyOf(next, Math.max(row + 1, next.length * 2));
        next[row] = first[room];
        first[room] = row;
        rooms.set(room);
        open++;
    }
}
