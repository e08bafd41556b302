package dev.parley.tokenizer;

import java.util.Arrays;

/** The ids of pieces that were met before. A fixed number of places; a newer piece takes an older one's. One per thread. */
final class PieceCache {

    private static final int PLACES = 1 << 16;
    private static final int LONGEST = 32;

    private final byte[][] pieces = new byte[PLACES][];
    private final int[][] ids = new int[PLACES][];

    /** Where a piece belongs; -1 for one too long to keep. */
    static int place(byte[] text, int from, int to) {
        if (to - from > LONGEST) return -1;
        var hash = to - from;
        for (int i = from; i < to; i++) hash = hash * 31 + text[i];
        hash *= 0x9E3779B1;
        return hash >>> 16;
    }

    /** The ids of a piece, or null. */
    int[] get(int place, byte[] text, int from, int to) {
        var piece = pieces[place];
        return piece != null && Arrays.equals(piece, 0, piece.length, text, from, to) ? ids[place] : null;
    }

    void put(int place, byte[] text, int from, int to, int[] encoded) {
        pieces[place] = Arrays.copyOfRange(text, from, to);
        ids[place] = encoded;
    }
}
