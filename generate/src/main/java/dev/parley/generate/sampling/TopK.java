package dev.parley.generate.sampling;

import java.util.Arrays;

/** The k most likely of many tokens, found without sorting all of them. */
public final class TopK {

    private TopK() {}

    /** The k-th highest score. */
    static float score(float[] logits, int k) {
        var heap = new float[k]; // the k highest so far, the least of them first
        System.arraycopy(logits, 0, heap, 0, k);
        for (int i = k / 2 - 1; i >= 0; i--) sink(heap, i);
        for (int i = k; i < logits.length; i++) {
            if (logits[i] > heap[0]) {
                heap[0] = logits[i];
                sink(heap, 0);
            }
        }
        return heap[0];
    }

    private static void sink(float[] heap, int at) {
        while (2 * at + 1 < heap.length) {
            var child = 2 * at + 1;
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
            if (heap[at] <= heap[child]) return;
            var swapped = heap[at];
            heap[at] = heap[child];
            heap[child] = swapped;
            at = child;
        }
    }

    /** The most probable tokens that are not impossible, at most so many, likeliest first. */
    public static int[] first(double[] p, int count) {
        // the least first
        var order = new java.util.PriorityQueue<Integer>((a, b) -> p[a] != p[b] ? Double.compare(p[a], p[b]) : Integer.compare(b, a));
        for (int i = 0; i < p.length; i++) {
            if (p[i] == 0 || order.size() == count && p[i] <= p[order.element()]) continue;
            order.add(i);
            if (order.size() > count) order.poll();
        }
        var first = new int[order.size()];
        for (int i = first.length - 1; i >= 0; i--) first[i] = order.poll();
        return first;
    }

    /**
     * The fewest tokens whose probabilities come to more than {@code mass} or to it, likeliest first. Only those that can
     * be among them are sorted: a token below a threshold is out if those above it suffice.
     */
    static int[] sorted(double[] p, double mass) {
        for (double threshold = 1e-3;; threshold = threshold > 1e-12 ? threshold / 30 : 0) {
            var sum = 0.0;
            var count = 0;
            for (var value : p) {
                if (value > threshold) {
                    sum += value;
                    count++;
                }
            }
            if (sum < mass && threshold > 0) continue;
            var kept = new long[count];
            var n = 0;
            for (int i = 0; i < p.length; i++) {
                if (p[i] > threshold) kept[n++] = (long) Float.floatToIntBits((float) p[i]) << 32 | Integer.MAX_VALUE - i;
            }
            Arrays.sort(kept);
            sum = 0;
            var least = kept.length;
            while (least > 0 && (sum < mass || least == kept.length)) sum += p[index(kept[--least])];
            var order = new int[kept.length - least];
            for (int i = 0; i < order.length; i++) order[i] = index(kept[kept.length - 1 - i]);
            return order;
        }
    }

    private static int index(long key) {
        return Integer.MAX_VALUE - (int) key;
    }
}
