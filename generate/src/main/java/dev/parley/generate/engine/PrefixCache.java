package dev.parley.generate.engine;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import dev.parley.model.Adapter;
import dev.parley.model.SequenceCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Keys and values of finished and running sequences, for new ones with the same prefix: a tree of full blocks, keyed by their tokens.
 * The block that was unused longest, and that no sequence and no other block continues, is evicted first.
 *
 * <p>Each owner has a tree of its own, unless all share one: a cached prefix, and how fast an answer comes, would tell others whether
 * it was read before. So has each adapter, which gives the same tokens other keys and values.
 *
 * <p>A sequence whose blocks are kept continues with the tree's blocks where those exist already. So a sequence that holds a block
 * holds all blocks before it, and every block that no sequence holds can be evicted, sooner or later.
 */
final class PrefixCache {

    private final Optional<KvPool> pool;
    private final boolean shared;
    private final int most;
    private final Map<Tree, Node> roots = new HashMap<>(); // none without a block
    private final LinkedHashSet<Node> byUse = new LinkedHashSet<>(); // longest unused first

    /**
     * Whose texts begin alike.
     *
     * @param adapter its number; 0 for the model alone
     */
    private record Tree(String owner, long adapter) {}

    /** A block after those of its parents. */
    private static final class Node {

        final Tree tree;
        final Node parent;
        final Tokens tokens;
        final KvPool.Block block;
        final Map<Tokens, Node> next = new HashMap<>();

        Node(Node parent, Tokens tokens, KvPool.Block block) {
            tree = parent.tree;
            this.parent = parent;
            this.tokens = tokens;
            this.block = block;
        }

        private Node(Tree tree) {
            this.tree = tree;
            parent = null;
            tokens = null;
            block = null;
        }

        void leave(Map<Tree, Node> roots) {
            parent.next.remove(tokens);
            if (parent.parent == null && parent.next.isEmpty()) roots.remove(tree);
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

    /**
     * @param pool empty where each sequence has memory of its own: then nothing is kept, and nothing is short
     * @param shared whether one tree is of all owners
     * @param most blocks that are kept though no text holds them, where the pool has room for more
     */
    PrefixCache(Optional<KvPool> pool, boolean shared, int most) {
        this.pool = pool;
        this.most = most;
        this.shared = shared;
    }

    /** Blocks in the cache, including those that sequences hold. */
    int size() {
        return byUse.size();
    }

    /** Blocks that sequences can get, if all that no sequence holds are evicted. */
    int available() {
        return pool.map(p -> p.free() + (int) byUse.stream().filter(node -> p.holders(node.block) == 1).count()).orElse(Integer.MAX_VALUE);
    }

    /** Blocks that so many more tokens of a sequence take. */
    static int blocksFor(SequenceCache cache, int tokens) {
        return cache.blocks().map(blocks -> blocks.blocksFor(tokens)).orElse(0);
    }

    /** Lets an empty sequence begin with the cached prefix of its tokens. */
    void share(String owner, int[] ids, SequenceCache empty) {
        empty.blocks().ifPresent(blocks -> blocks.share(find(treeOf(owner, empty.adapter()), ids)));
    }

    /** The blocks of the longest cached prefix of a text of the model alone; at least one of its tokens is left to be read. */
    List<KvPool.Block> find(String owner, int[] ids) {
        return find(treeOf(owner, Optional.empty()), ids);
    }

    private List<KvPool.Block> find(Tree tree, int[] ids) {
        var found = new ArrayList<Node>();
        var node = roots.get(tree);
        for (int at = 0; node != null && at + KvBlocks.TOKENS < ids.length; at += KvBlocks.TOKENS) {
            node = node.next.get(tokens(ids, at));
            if (node != null) found.add(node);
        }
        used(found);
        return found.stream().map(n -> n.block).toList();
    }

    /**
     * Caches the full blocks of a sequence, or replaces them by equal ones that are cached already.
     * @param ids its tokens, as many at least as the blocks hold
     */
    void keep(String owner, int[] ids, SequenceCache text) {
        text.blocks().ifPresent(blocks -> keep(treeOf(owner, text.adapter()), ids, blocks));
    }

    /** As above, of the blocks themselves, of a text of the model alone. */
    void keep(String owner, int[] ids, KvBlocks text) {
        keep(treeOf(owner, Optional.empty()), ids, text);
    }

    private void keep(Tree tree, int[] ids, KvBlocks text) {
        var kept = new ArrayList<Node>();
        var blocks = text.full();
        if (blocks.isEmpty()) return;
        var node = roots.computeIfAbsent(tree, Node::new);
        for (int b = 0; b < blocks.size(); b++) {
            var tokens = tokens(ids, b * KvBlocks.TOKENS);
            var next = node.next.get(tokens);
            if (next == null) {
                next = new Node(node, tokens, blocks.get(b));
                pool.orElseThrow().hold(next.block);
                node.next.put(tokens, next);
            } else {
                text.exchange(b, next.block);
            }
            kept.add(next);
            node = next;
        }
        used(kept);
        shrink();
    }

    /** Forgets what is more than is to be kept, but for what texts hold. */
    void shrink() {
        pool.ifPresent(p -> forget(p, () -> byUse.size() <= most));
    }

    private Tree treeOf(String owner, Optional<Adapter> adapter) {
        return new Tree(shared ? "" : owner, adapter.map(Adapter::id).orElse(0L));
    }

    /** Notes the use of a path, its end first: a block is then never older than those that go on from it. */
    private void used(List<Node> path) {
        path.reversed().forEach(byUse::addLast);
    }

    /** Evicts blocks until so many are free. @return whether they are */
    boolean free(int blocks) {
        return pool.isEmpty() || free(pool.get(), blocks);
    }

    private boolean free(KvPool pool, int blocks) {
        return forget(pool, () -> pool.free() >= blocks);
    }

    /** Forgets block after block until it is enough. @return whether it is */
    private boolean forget(KvPool pool, BooleanSupplier enough) {
        for (int untried = byUse.size(); !enough.getAsBoolean(); untried--) {
            if (untried == 0) return false;
            var oldest = byUse.removeFirst();
            if (oldest.next.isEmpty() && pool.holders(oldest.block) == 1) {
                oldest.leave(roots);
                pool.release(oldest.block);
                untried = byUse.size() + 1;
            } else {
                byUse.addLast(oldest); // it is in use
            }
        }
        return true;
    }

    private static Tokens tokens(int[] ids, int at) {
        return new Tokens(Arrays.copyOfRange(ids, at, at + KvBlocks.TOKENS));
    }
}
