package dev.parley.tokenizer;

import java.util.Arrays;

/**
 * The ids of pieces that were met before. A fixed number of places; a newer piece takes an older one's. All threads share it
 * without a lock: an entry never changes, so that whoever sees one sees a whole one, and a lost entry is found again.
 */
final class PieceCache {

    private static final int PLACES = 1 << 18;
    private static final int LONGEST = 32;

    /** Its fields are final, which is what makes it safe to hand over by a plain write (Java's memory model, 17.5). */
    private static final class Entry {

        private final byte[] piece;
        private final int[] ids;

        Entry(byte[] piece, int[] ids) {
            this.piece = piece;
            this.ids = ids;
        }
    }

    private final Entry[] entries = new Entry[PLACES];

    /** Where a piece belongs; -1 for one too long to keep. */
    static int place(byte[] text, int from, int to) {
        if (to - from > LONGEST) return -1;
        var hash = to - from;
        for (int i = from; i < to; i++) hash = hash * 31 + text[i];
        hash *= 0x9E3779B1;
        return hash >>> 14;
    }

    /** The ids of a piece, not to be changed, or null. */
    int[] get(int place, byte[] text, int from, int to) {
        var entry = entries[place];
        return entry != null && Arrays.equals(entry.piece, 0, entry.piece.length, text, from, to) ? entry.ids : null;
    }

    void put(int place, byte[] text, int from, int to, int[] encoded) {
        entries[place] = new Entry(Arrays.copyOfRange(text, from, to), encoded);
    }
}
