package dev.parley.data.cleaning;

import dev.parley.data.text.WordIndex;
import java.util.Arrays;

/** Counts runs of n words of one document after the other, in the same memory. For one thread. */
final class NGramCounts {

    private static final int SMALLEST = 1 << 10;

    private long[] keys = new long[SMALLEST];
    private int[] counts = new int[SMALLEST];

    private void clear(int runs) {
        var size = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, runs)) * 4);
        if (keys.length != size) {
            keys = new long[size];
            counts = new int[size];
        } else {
            Arrays.fill(keys, 0);
            Arrays.fill(counts, 0);
        }
    }

    private int slot(long key) {
        var slot = (int) (key ^ key >>> 32) & keys.length - 1;
        while (keys[slot] != 0 && keys[slot] != key) slot = slot + 1 & keys.length - 1;
        return slot;
    }

    /** Characters of all occurrences of the most frequent run, if it occurs more than once; of equally frequent ones the longest. */
    int top(WordIndex words, int n) {
        var runs = words.count() - n + 1;
        clear(runs);
        int most = 1, characters = 0;
        for (int i = 0; i < runs; i++) {
            var key = words.hash(i, n) | 1;
            var slot = slot(key);
            keys[slot] = key;
            var count = ++counts[slot];
            var all = count * (words.to(i + n - 1) - words.from(i));
            if (count > most || count == most && count > 1 && all > characters) {
                most = count;
                characters = all;
            }
        }
        return characters;
    }

    /** Characters of runs that occurred before, each character once. */
    int repeated(WordIndex words, int n) {
        var runs = words.count() - n + 1;
        clear(runs);
        var characters = 0;
        for (int i = 0; i < runs;) {
            var key = words.hash(i, n) | 1;
            var slot = slot(key);
            if (keys[slot] == key) {
                characters += words.to(i + n - 1) - words.from(i);
                i += n;
            } else {
                keys[slot] = key;
                i++;
            }
        }
        return characters;
    }
}
