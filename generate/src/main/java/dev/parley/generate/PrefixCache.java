package dev.parley.generate;

import dev.parley.kernels.KvBlocks;
import dev.parley.kernels.KvPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys and values of texts that are done, for texts that begin alike: a tree of full blocks by the tokens in them. The block
 * that was used longest ago, and that none goes on from, is forgotten first.
 */
final class PrefixCache {

    private final KvPool pool;
    private final Node root = new Node(null, null, null);
    private long clock;

    /** A block after those of its parents. */
    private static final class Node {

        final Node parent;
        final Tokens tokens;
        final KvPool.Block block;
        final Map<Tokens, Node> next = new HashMap<>();
        long used;

        Node(Node parent, Tokens tokens, KvPool.Block block) {
            this.parent = parent;
            this.tokens = tokens;
            this.block = block;
        }
    }

    /** The tokens of a block, compared by what they are. */
    private record Tokens(int[] ids) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }

    PrefixCache(KvPool pool) {
        this.pool = pool;
    }

    /** The blocks that a text begins with, as many as are here; at least one of its tokens is left to be read. */
    List<KvPool.Block> find(int[] ids) {
        var found = new ArrayList<KvPool.Block>();
        var node = root;
        for (int at = 0; at + KvBlocks.TOKENS < ids.length; at += KvBlocks.TOKENS) {
            node = node.next.get(tokens(ids, at));
            if (node == null) break;
            node.used = ++clock;
            found.add(node.block);
        }
        return found;
    }

    /** Keeps the full blocks of a text. @param ids its tokens, as many at least as the blocks hold */
    void keep(int[] ids, List<KvPool.Block> blocks) {
        var node = root;
        for (int b = 0; b < blocks.size(); b++) {
            var tokens = tokens(ids, b * KvBlocks.TOKENS);
            var next = node.next.get(tokens);
            if (next == null) {
                next = new Node(node, tokens, blocks.get(b));
                pool.hold(next.block);
                node.next.put(tokens, next);
            }
            next.used = ++clock;
            node = next;
        }
    }

    /** Forgets blocks until so many are free. @return whether they are */
    boolean free(int blocks) {
        while (pool.free() < blocks) {
            var leaf = leaves(root, new ArrayList<>()).stream().filter(n -> pool.holders(n.block) == 1).min(Comparator.comparingLong(n -> n.used));
            if (leaf.isEmpty()) return false;
            leaf.get().parent.next.remove(leaf.get().tokens);
            pool.release(leaf.get().block);
        }
        return true;
    }

    private static List<Node> leaves(Node node, List<Node> into) {
        for (var next : node.next.values()) {
            if (next.next.isEmpty()) into.add(next);
            else leaves(next, into);
        }
        return into;
    }

    private static Tokens tokens(int[] ids, int at) {
        return new Tokens(Arrays.copyOfRange(ids, at, at + KvBlocks.TOKENS));
    }
}
