package dev.parley.data;

/**
 * A shuffled order of the numbers below a size that nobody has to write down: where a number comes is computed from a key, in the same
 * short time for every place, so that a run enters an epoch of any length at any row at once.
 *
 * <pre>{@code
 * var order = KeyedPermutation.of(rows.size(), seed);
 * rows.get((int) order.at(0));   // the first row of the order
 * }</pre>
 *
 * A Feistel network of eight rounds over an even number of bits, at most four times as many numbers as asked for; from one that is too
 * large it goes on until one is in range, "cycle walking" (Black and Rogaway 2002, Ciphers with Arbitrary Finite Domains,
 * doi:10.1007/3-540-45760-7_9). It shuffles and hides nothing.
 */
public final class KeyedPermutation {

    private static final int ROUNDS = 8;

    private final long size;
    private final int halfBits;
    private final long mask;
    private final long[] keys = new long[ROUNDS];

    private KeyedPermutation(long size, long key) {
        this.size = size;
        var bits = 64 - Long.numberOfLeadingZeros(Math.max(1, size - 1));
        halfBits = Math.ceilDiv(bits, 2);
        mask = (1L << halfBits) - 1;
        for (int round = 0; round < ROUNDS; round++) keys[round] = mix(key + (round + 1) * 0x9E3779B97F4A7C15L);
    }

    /**
     * The order of a key.
     *
     * @param size of at least 1
     * @param key orders of different keys have nothing to do with each other
     */
    public static KeyedPermutation of(long size, long key) {
        if (size < 1) throw new IllegalArgumentException("There is no order of " + size + " numbers.");
        return new KeyedPermutation(size, key);
    }

    /** {@return how many numbers there are} */
    public long size() {
        return size;
    }

    /**
     * The number at a place.
     *
     * @param place from 0 to size-1
     */
    public long at(long place) {
        var number = place;
        do number = encrypt(number);
        while (number >= size);
        return number;
    }

    private long encrypt(long number) {
        long left = number >>> halfBits, right = number & mask;
        for (var key : keys) {
            var next = left ^ mix(right ^ key) >>> 64 - halfBits;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }

    /** The last steps of SplitMix64: Steele, Lea and Flood 2014 (doi:10.1145/2660193.2660195). */
    private static long mix(long bits) {
        var z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
