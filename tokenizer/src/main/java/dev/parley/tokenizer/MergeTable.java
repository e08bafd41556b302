package dev.parley.tokenizer;

import java.util.Arrays;

/** Which pairs of tokens merge, in which order, into what: a hash table of longs with open addressing. */
final class MergeTable {

    private final long[] keys;
    private final int[] ranks;
    private final int[] merged;
    private final int mask;

    MergeTable(int count) {
        var capacity = Integer.highestOneBit(Math.max(16, count * 3)) << 1;
        keys = new long[capacity];
        Arrays.fill(keys, -1);
        ranks = new int[capacity];
        merged = new int[capacity];
        mask = capacity - 1;
    }

    /** The last of two equal pairs wins, as in Hugging Face's library. */
    void put(int left, int right, int rank, int into) {
        var key = key(left, right);
        var slot = slot(key);
        keys[slot] = key;
        ranks[slot] = rank;
        merged[slot] = into;
    }

    /** Where a pair is found, or -1. */
    int find(int left, int right) {
        var slot = slot(key(left, right));
        return keys[slot] < 0 ? -1 : slot;
    }

    int rank(int slot) {
        return ranks[slot];
    }

    int merged(int slot) {
        return merged[slot];
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long key) {
        var hash = key * 0x9E3779B97F4A7C15L;
        var slot = (int) (hash >>> 32) & mask;
        while (keys[slot] >= 0 && keys[slot] != key) slot = slot + 1 & mask;
        return slot;
    }
}
