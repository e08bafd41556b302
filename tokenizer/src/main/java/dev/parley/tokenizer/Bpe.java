package dev.parley.tokenizer;

import java.util.PriorityQueue;

/**
 * Byte-pair encoding of one piece: of all pairs of neighbours, the one learned first merges first, until none is left.
 * Sennrich et al. 2016 (arXiv:1508.07909), section 3.2, on bytes.
 */
final class Bpe {

    /** Pieces up to this length are merged by looking at all pairs each time; longer ones by a queue. */
    private static final int SCANNED = 48;

    private final MergeTable merges;
    private final Beginning beginning;

    /** The ids that a piece has before any merge; at most one for each byte. */
    @FunctionalInterface
    interface Beginning {
        int ids(byte[] text, int from, int to, int[] ids);
    }

    Bpe(MergeTable merges, Beginning beginning) {
        this.merges = merges;
        this.beginning = beginning;
    }

    /**
     * Encodes a piece.
     *
     * @param ids room for as many ids as the piece has bytes
     * @return how many ids there are
     */
    int encode(byte[] text, int from, int to, int[] ids) {
        var n = beginning.ids(text, from, to, ids);
        return n <= SCANNED ? scan(ids, n) : queue(ids, n);
    }

    private int scan(int[] ids, int n) {
        var found = new int[n]; // the slot of the pair that begins at each id
        for (int i = 0; i + 1 < n; i++) found[i] = merges.find(ids[i], ids[i + 1]);
        while (n > 1) {
            var best = -1;
            var bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < n; i++) {
                if (found[i] >= 0 && merges.rank(found[i]) < bestRank) {
                    best = i;
                    bestRank = merges.rank(found[i]);
                }
            }
            if (best < 0) return n;
            ids[best] = merges.merged(found[best]);
            System.arraycopy(ids, best + 2, ids, best + 1, n - best - 2);
            System.arraycopy(found, best + 2, found, best + 1, n - best - 2);
            n--;
            if (best > 0) found[best - 1] = merges.find(ids[best - 1], ids[best]);
            if (best + 1 < n) found[best] = merges.find(ids[best], ids[best + 1]);
        }
        return n;
    }

    /** The same in n log n: a linked list of ids, and a queue of pairs of which some are out of date. */
    private int queue(int[] ids, int n) {
        var next = new int[n];
        var previous = new int[n];
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        var pairs = new PriorityQueue<long[]>((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
        for (int i = 0; i + 1 < n; i++) offer(pairs, ids, i, i + 1);
        while (!pairs.isEmpty()) {
            var pair = pairs.poll(); // rank, position, left id, right id
            var at = (int) pair[1];
            var right = next[at];
            if (ids[at] != pair[2] || right >= n || ids[right] != pair[3]) continue;
            ids[at] = merges.merged(merges.find(ids[at], ids[right]));
            ids[right] = -1;
            next[at] = next[right];
            if (next[at] < n) previous[next[at]] = at;
            if (previous[at] >= 0) offer(pairs, ids, previous[at], at);
            if (next[at] < n) offer(pairs, ids, at, next[at]);
        }
        var count = 0;
        for (int i = 0; i < n; i = next[i]) ids[count++] = ids[i];
        return count;
    }

    private void offer(PriorityQueue<long[]> pairs, int[] ids, int left, int right) {
        var slot = merges.find(ids[left], ids[right]);
        if (slot >= 0) pairs.add(new long[] {merges.rank(slot), left, ids[left], ids[right]});
    }
}
