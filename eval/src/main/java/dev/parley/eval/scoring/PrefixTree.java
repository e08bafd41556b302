package dev.parley.eval.scoring;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.InferenceSession;
import dev.parley.model.SequenceCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The texts in the order of their tokens, which is a tree of their beginnings: texts that begin alike lie side by side. What is still to
 * be read are edges, each a run of tokens that some neighbours have in common, on a stack, so that few caches are open at a time.
 */
final class PrefixTree implements AutoCloseable {

    /** A text to be scored. @param start place of the first token whose next one is wanted; places of {@code ids} but the last are read */
    record Row(int index, int[] ids, int start, double[] logprobs, boolean[] likeliest) {

        int read() {
            return ids.length - 1;
        }

        void set(int at, double logprob, boolean isLikeliest) {
            logprobs[at - start] = logprob;
            likeliest[at - start] = isLikeliest;
        }
    }

    /** The cache at the end of an edge, for those that go on from there. */
    static final class Node {

        private SequenceCache cache;
        private int waiting;

        Node(SequenceCache cache, int waiting) {
            this.cache = cache;
            this.waiting = waiting;
        }

        /** The cache for one of those who wait: the last may have it, the others get forks. */
        SequenceCache take() {
            if (--waiting > 0) return cache.fork();
            var last = cache;
            cache = null;
            return last;
        }
    }

    /** Tokens from one place to another of the texts from {@code first} to {@code end}. */
    record Edge(Node parent, int first, int end, int from, int to, boolean scored) {}

    private final InferenceSession session;
    private final Row[] rows;
    private final Deque<Edge> open = new ArrayDeque<>();

    /** @param context tokens that the model reads at most */
    PrefixTree(List<Continuation> asked, int context, InferenceSession session) {
        this.session = session;
        rows = new Row[asked.size()];
        for (int i = 0; i < rows.length; i++) rows[i] = row(i, asked.get(i), context);
        Arrays.sort(rows, (a, b) -> Arrays.compare(a.ids, 0, a.read(), b.ids, 0, b.read()));
        branch(session.open(), 0, rows.length, 0);
    }

    private static Row row(int index, Continuation asked, int context) {
        var n = asked.ids().length;
        if (n > context)
            throw new IllegalArgumentException("A continuation has " + n + " tokens, and the model reads " + context + " at most.");
        var all = Arrays.copyOf(asked.context(), asked.context().length + n);
        System.arraycopy(asked.ids(), 0, all, asked.context().length, n);
        if (all.length > context + 1) all = Arrays.copyOfRange(all, all.length - context - 1, all.length);
        return new Row(index, all, all.length - 1 - n, new double[n], new boolean[n]);
    }

    Row row(int number) {
        return rows[number];
    }

    int[] ids(Edge edge) {
        return Arrays.copyOfRange(rows[edge.first].ids, edge.from, edge.to);
    }

    /** The edges of the next pass: all above them has been read. Empty when all is done. */
    List<Edge> next() {
        var edges = new ArrayList<Edge>();
        var room = session.maxTokensPerPass();
        while (!open.isEmpty() && room > 0 && (edges.isEmpty() || hasMemory(edges))) {
            var edge = open.pop();
            if (edges.isEmpty()) makeMemory(edge);
            var atOnce = !edge.scored && edge.from == 0 && edge.to >= session.readsAtOnceFrom();
            if (!atOnce && edge.to - edge.from > room)
                edge = new Edge(edge.parent, edge.first, edge.end, edge.from, edge.from + room, edge.scored);
            edges.add(edge);
            if (!atOnce) room -= edge.to - edge.from;
        }
        return edges;
    }

    /** An edge has been read, into a cache: texts that end there are told, and those that go on wait for the next passes. */
    void done(Edge edge, SequenceCache cache, Scorer.Listener listener) {
        var row = edge.first;
        for (; row < edge.end && rows[row].read() == edge.to; row++)
            listener.onScored(rows[row].index, new TokenScores(rows[row].logprobs, rows[row].likeliest));
        if (row == edge.end) cache.close();
        else branch(cache, row, edge.end, edge.to);
    }

    /** Opens the edges that go on from a place. */
    private void branch(SequenceCache cache, int first, int end, int from) {
        var starts = new ArrayList<Integer>();
        for (int row = first; row < end; row++) {
            if (row == first || rows[row].ids[from] != rows[row - 1].ids[from]) starts.add(row);
        }
        var node = new Node(cache, starts.size());
        for (int i = starts.size() - 1; i >= 0; i--)
            open.push(edge(node, starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : end, from));
    }

    private Edge edge(Node parent, int first, int end, int from) {
        var to = common(rows[first], rows[end - 1]);
        var scoredFrom = Integer.MAX_VALUE;
        for (int row = first; row < end; row++) scoredFrom = Math.min(scoredFrom, rows[row].start);
        if (from < scoredFrom) return new Edge(parent, first, end, from, Math.min(to, scoredFrom), false);
        return new Edge(parent, first, end, from, to, true);
    }

    /** How many tokens two texts have in common at their beginning, and so all between them in the order. */
    private static int common(Row a, Row b) {
        var differ = Arrays.mismatch(a.ids, 0, a.read(), b.ids, 0, b.read());
        return differ < 0 ? a.read() : differ;
    }

    // ---- memory ----

    /** Whether another edge may join those of a pass: each may need new blocks, and one whole text must still fit. */
    private boolean hasMemory(List<Edge> edges) {
        return session.pool().isEmpty() || session.pool().get().free() > (edges.size() + 1) * blocks(edges) + blocks(edges);
    }

    private static int blocks(List<Edge> edges) {
        return edges.stream().mapToInt(PrefixTree::blocks).max().orElse(1);
    }

    private static int blocks(Edge edge) {
        return edge.to / KvBlocks.TOKENS + 2;
    }

    /** Where memory is short, the caches are given up that will be needed last; their edges are read from the beginning again. */
    private void makeMemory(Edge edge) {
        if (session.pool().isEmpty()) return;
        while (session.pool().get().free() < blocks(edge) && !open.isEmpty()) {
            var victim = open.stream().filter(e -> e.parent != edge.parent && e.from > 0).toList();
            if (victim.isEmpty()) return;
            forget(victim.getLast().parent);
        }
    }

    private void forget(Node node) {
        var edges = List.copyOf(open);
        open.clear();
        var waiting = (int) edges.stream().filter(e -> e.parent == node).count();
        var empty = new Node(session.open(), waiting);
        for (var e : edges) open.addLast(e.parent == node ? edge(empty, e.first, e.end, 0) : e);
        node.cache.close();
    }

    @Override
    public void close() {
        for (var edge : open) {
            if (edge.parent.cache == null) continue;
            edge.parent.cache.close();
            edge.parent.cache = null;
        }
    }
}
