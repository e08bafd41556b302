package dev.parley.data.dedup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Finds documents that are nearly the same as one before: MinHash signatures, found by locality-sensitive hashing (Indyk and Motwani
 * 1998) in 16 bands of 8 numbers, and compared by two bits of each number (Li and König 2010, arXiv:0910.3349). Documents of a Jaccard
 * similarity of 0.8 meet in a band with a probability of 0.95; what is met is dropped if the bits estimate 0.8 or more, with a standard
 * error of 0.04.
 *
 * <p>
 * A document takes 32 bytes for its bits and 16 places of 4 bytes in tables that are filled to seven tenths: some 125 bytes. When the
 * memory that was given is full, later documents are compared with those that are remembered, and are themselves not remembered. For one
 * thread.
 */
public final class NearDuplicates {

    private static final int BANDS = 16;
    private static final int ROWS = MinHash.PERMUTATIONS / BANDS;
    private static final int LONGS = MinHash.PERMUTATIONS * 2 / Long.SIZE;
    private static final int CHUNK = 1 << 14; // documents
    private static final int TAG_BITS = 5;
    private static final int MOST = 1 << Integer.SIZE - TAG_BITS - 1;
    private static final int FIRST_TABLE = 1 << 16;

    private final int fewestEqual;
    private final long memory;
    private final LongSupplier expected;
    private final List<long[]> bits = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private int documents;
    private boolean full;

    /** Places for documents of bands. Later ones are made larger; those before stay as they are. */
    private static final class Table {
        private final int[] places;
        private int taken;

        Table(int size) {
            places = new int[size];
        }

        boolean hasRoom() {
            return taken + BANDS <= 0.7 * places.length;
        }

        int place(long hash) {
            return (int) ((hash >>> 32) * places.length >>> 32);
        }

        int after(int place) {
            return place + 1 == places.length ? 0 : place + 1;
        }

        void add(long hash, int document) {
            var place = place(hash);
            while (places[place] != 0) place = after(place);
            places[place] = entry(hash, document);
            taken++;
        }
    }

    /**
     * Knows no document yet.
     *
     * @param threshold similarity from which on a document is nearly the same
     * @param memory bytes to use at most
     * @param expected how many documents there may be in all, as far as one can tell; asked when a table is full
     */
    public NearDuplicates(double threshold, long memory, LongSupplier expected) {
        if (!(threshold > 0 && threshold <= 1))
            throw new IllegalArgumentException("The similarity of near duplicates is " + threshold + ", not above 0 and up to 1.");
        // Two different numbers agree in two bits by chance in a quarter of all cases.
        this.fewestEqual = (int) Math.ceil(MinHash.PERMUTATIONS * (0.25 + 0.75 * threshold));
        this.memory = memory;
        this.expected = expected;
        tables.add(new Table(FIRST_TABLE));
    }

    private static int entry(long hash, int document) {
        return document + 1 << TAG_BITS | (int) hash & (1 << TAG_BITS) - 1;
    }

    /**
     * Whether no document before is nearly the same; from now on this one is remembered.
     *
     * @param signature {@link MinHash#signature}
     */
    public boolean add(int[] signature) {
        var hashes = bands(signature);
        var own = twoBits(signature);
        for (var table : tables) {
            for (var hash : hashes) if (holdsSimilar(table, hash, own)) return false;
        }
        remember(hashes, own);
        return true;
    }

    private boolean holdsSimilar(Table table, long hash, long[] own) {
        for (int place = table.place(hash); table.places[place] != 0; place = table.after(place)) {
            var entry = table.places[place];
            if (((entry ^ (int) hash) & (1 << TAG_BITS) - 1) == 0 && equal(own, (entry >>> TAG_BITS) - 1) >= fewestEqual) return true;
        }
        return false;
    }

    /** How many numbers of two documents agree in their two bits. */
    private int equal(long[] own, int document) {
        var chunk = bits.get(document / CHUNK);
        var from = document % CHUNK * LONGS;
        var equal = 0;
        for (int i = 0; i < LONGS; i++) {
            var differing = own[i] ^ chunk[from + i];
            equal += Long.bitCount(~(differing | differing >>> 1) & 0x5555555555555555L);
        }
        return equal;
    }

    private void remember(long[] hashes, long[] own) {
        if (full || !tables.getLast().hasRoom() && !grow()) return;
        if (documents % CHUNK == 0) bits.add(new long[CHUNK * LONGS]);
        System.arraycopy(own, 0, bits.getLast(), documents % CHUNK * LONGS, LONGS);
        for (var hash : hashes) tables.getLast().add(hash, documents);
        documents++;
    }

    /** Makes a table for all documents that are still to come, as far as memory allows. */
    private boolean grow() {
        var perDocument = BANDS * 4 / 0.7 + 8 * LONGS;
        var room = (memory - bytes()) / perDocument;
        var wanted = Math.max(documents / 2.0, 1.1 * (expected.getAsLong() - documents));
        var places = Math.min(Math.max(Math.min(wanted, room) * BANDS / 0.7, FIRST_TABLE), Integer.MAX_VALUE - 8);
        full = room * BANDS / 0.7 < FIRST_TABLE || documents > MOST - CHUNK;
        if (!full) tables.add(new Table((int) places));
        return !full;
    }

    private static long[] bands(int[] signature) {
        var hashes = new long[BANDS];
        for (int b = 0; b < BANDS; b++) {
            var hash = (long) b;
            for (int r = 0; r < ROWS; r++) hash = (Long.rotateLeft(hash, 29) ^ signature[b * ROWS + r]) * 0x9E3779B97F4A7C15L;
            hashes[b] = hash ^ hash >>> 31;
        }
        return hashes;
    }

    private static long[] twoBits(int[] signature) {
        var packed = new long[LONGS];
        for (int k = 0; k < signature.length; k++) {
            var two = signature[k] * 0x9E3779B9 >>> 30; // the highest bits of a product depend on all of the number's
            packed[k / 32] |= (long) two << 2 * (k % 32);
        }
        return packed;
    }

    /** How many documents are remembered. */
    public long documents() {
        return documents;
    }

    /** Whether its memory is full, so that later documents are not remembered. */
    public boolean isFull() {
        return full;
    }

    /** Bytes of memory in use. */
    public long bytes() {
        var bytes = 8L * LONGS * CHUNK * bits.size();
        for (var table : tables) bytes += 4L * table.places.length;
        return bytes;
    }
}
