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
    private final ScoredRow[] rows;
    private final Deque<Edge> open = new ArrayDeque<>();

    /**
     * @param context tokens that the model reads at most
     */
    PrefixTree(List<Continuation> asked, int context, InferenceSession session) {
        this.session = session;
        rows = ScoredRow.sorted(asked, context);
        branch(session.open(), 0, rows.length, 0);
    }

    ScoredRow row(int number) {
        return rows[number];
    }

    int[] ids(Edge edge) {
        return Arrays.copyOfRange(rows[edge.first].ids(), edge.from, edge.to);
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
            rows[row].tell(listener);
        if (row == edge.end) cache.close();
        else branch(cache, row, edge.end, edge.to);
    }

    /** Opens the edges that go on from a place. */
    private void branch(SequenceCache cache, int first, int end, int from) {
        var starts = new ArrayList<Integer>();
        for (int row = first; row < end; row++) {
            if (row == first || rows[row].ids()[from] != rows[row - 1].ids()[from]) starts.add(row);
        }
        var node = new Node(cache, starts.size());
        for (int i = starts.size() - 1; i >= 0; i--)
            open.push(edge(node, starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : end, from));
    }

    private Edge edge(Node parent, int first, int end, int from) {
        var to = rows[first].common(rows[end - 1]);
        var scoredFrom = Integer.MAX_VALUE;
        for (int row = first; row < end; row++) scoredFrom = Math.min(scoredFrom, rows[row].start());
        if (from < scoredFrom) return new Edge(parent, first, end, from, Math.min(to, scoredFrom), false);
        return new Edge(parent, first, end, from, to, true);
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
