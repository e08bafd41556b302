package dev.parley.kernels.attention;

import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.vectors.BFloat16Bits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The key-value cache of a sequence, for all layers, in blocks of 64 tokens that are taken as the sequence grows. In a block,
 * keys are stored by dimension, so that one load reads the same dimension of many tokens' keys, and values by token; in
 * bfloat16 both as pairs of neighbouring dimensions, or in float32. A layer without heads may keep a state of each token instead.
 *
 * <p>Sequences of one {@link KvPool} share the blocks of a common beginning; a block is copied before one of them writes to it.
 */
public final class KvBlocks implements AutoCloseable {

    /** Tokens in a block. */
    public static final int TOKENS = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfInt PAIR = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);

    private final KvPool pool;
    private final boolean ownsPool;
    private final int capacity;
    private final List<KvPool.Block> blocks = new ArrayList<>();
    private int length;

    /**
     * A sequence with memory of its own.
     *
     * @param wide float32 rather than bfloat16
     * @param capacity tokens at most
     */
    public KvBlocks(int layers, int kvHeads, int headDim, boolean wide, int capacity) {
        this(new KvPool(layers, kvHeads, headDim, wide, Integer.MAX_VALUE), true, capacity);
    }

    /**
     * A sequence in a pool's memory.
     *
     * @param capacity tokens at most
     */
    public KvBlocks(KvPool pool, int capacity) {
        this(pool, false, capacity);
    }

    private KvBlocks(KvPool pool, boolean ownsPool, int capacity) {
        this.pool = pool;
        this.ownsPool = ownsPool;
        this.capacity = capacity;
    }

    /** Tokens in the cache. */
    public int length() {
        return length;
    }

    /** Tokens at most. */
    public int capacity() {
        return capacity;
    }

    /** Blocks that this many more tokens will take from the pool. */
    public int blocksFor(int tokens) {
        int first = length / TOKENS, end = tokens == 0 ? first : Math.ceilDiv(length + tokens, TOKENS);
        var shared = blocks.subList(Math.min(first, blocks.size()), Math.min(end, blocks.size())).stream().filter(b -> pool.holders(b) > 1)
                .count();
        return (int) shared + Math.max(0, end - blocks.size());
    }

    /**
     * Makes room for this many more tokens, before their keys and values are put. Copies a block that other sequences read too.
     *
     * @param tokens to come after those that the cache has
     * @throws IllegalStateException if that is more than the cache or its pool can hold
     */
    public void reserve(int tokens) {
        if (length + tokens > capacity)
            throw new IllegalStateException("A cache of " + capacity + " tokens cannot take " + tokens + " after " + length + ".");
        for (int b = length / TOKENS; b < blocks.size() && b * TOKENS < length + tokens; b++) own(b);
        while (blocks.size() * TOKENS < length + tokens) blocks.add(pool.take());
    }

    /** Copies a block that other sequences read too. */
    private void own(int number) {
        var shared = blocks.get(number);
        if (pool.holders(shared) == 1) return;
        var mine = pool.take();
        mine.memory().copyFrom(shared.memory());
        blocks.set(number, mine);
        pool.release(shared);
    }

    /** Begins with full blocks of another sequence that had the same tokens. Only while this one is empty. */
    public void share(List<KvPool.Block> full) {
        if (length > 0 || !blocks.isEmpty())
            throw new IllegalStateException("A sequence of " + length + " tokens cannot begin with those of another.");
        for (var block : full) {
            pool.hold(block);
            blocks.add(block);
        }
        length = full.size() * TOKENS;
    }

    /** Continues with another sequence's block in place of its own, where both hold the same tokens after the same beginning. */
    public void exchange(int number, KvPool.Block same) {
        var own = blocks.get(number);
        if (own == same) return;
        pool.hold(same);
        blocks.set(number, same);
        pool.release(own);
    }

    /** The blocks that are full. */
    public List<KvPool.Block> full() {
        return List.copyOf(blocks.subList(0, length / TOKENS));
    }

    /** Counts tokens whose keys and values have been put for every layer. */
    public void advance(int tokens) {
        length += tokens;
    }

    /** Forgets all tokens from a position on. */
    public void truncate(int length) {
        this.length = Math.min(this.length, length);
        while (blocks.size() > Math.ceilDiv(this.length, TOKENS)) pool.release(blocks.removeLast());
    }

    /**
     * Puts a token's key and value.
     *
     * @param layer from 0
     * @param kvHead from 0; query heads that share one put nothing of their own
     * @param position from 0, less than {@link #length()} plus the tokens reserved
     * @param key headDim numbers from {@code keyAt} on, rotated in already
     * @param value headDim numbers from {@code valueAt} on
     */
    public void put(int layer, int kvHead, int position, float[] key, int keyAt, float[] value, int valueAt) {
        var block = block(position / TOKENS);
        int token = position % TOKENS, headDim = pool.headDim();
        long keys = keysAt(layer, kvHead), values = valuesAt(layer, kvHead);
        if (pool.wide()) {
            for (int d = 0; d < headDim; d++) block.set(FLOAT, keys + 4L * (d * TOKENS + token), key[keyAt + d]);
            MemorySegment.copy(value, valueAt, block, FLOAT, values + 4L * token * headDim, headDim);
        } else {
            for (int d = 0; d < headDim; d += 2) {
                block.set(PAIR, keys + 2L * (d * TOKENS + 2 * token), BFloat16Bits.pair(key[keyAt + d], key[keyAt + d + 1]));
                block.set(PAIR, values + 2L * (token * headDim + d), BFloat16Bits.pair(value[valueAt + d], value[valueAt + d + 1]));
            }
        }
    }

    /**
     * Puts a part of what a layer without heads keeps of a token. What was put can be read, rounded as it is kept.
     *
     * @param first number of the state that is put first
     * @param from has {@code count} numbers from {@code at} on
     */
    public void putState(int layer, int position, int first, float[] from, int at, int count) {
        var block = block(position / TOKENS);
        var to = pool.stateAt(layer, position % TOKENS, first);
        if (pool.wide()) MemorySegment.copy(from, at, block, FLOAT, to, count);
        else BFloat16Bits.write(from, at, block, to, count);
    }

    /**
     * Adds a part of what a layer without heads keeps of a token to a sum, number by number, each multiplied by one of its own.
     *
     * @param first number of the state that is added first
     * @param factors from {@code factorsAt} on
     * @param sum from {@code at} on
     */
    public void addState(int layer, int position, int first, float[] factors, int factorsAt, float[] sum, int at, int count) {
        var block = block(position / TOKENS);
        var from = pool.stateAt(layer, position % TOKENS, first);
        if (pool.wide()) {
            for (int i = 0; i < count; i++) sum[at + i] += factors[factorsAt + i] * block.get(FLOAT, from + 4L * i);
        } else {
            for (int i = 0; i < count; i++)
                sum[at + i] += factors[factorsAt + i] * BFloat16Bits.toFloat(block.get(SHORT, from + 2L * i));
        }
    }

    /** A fork: the same tokens, to be continued differently. Shares blocks if this belongs to a pool, else has memory of its own. */
    public KvBlocks copy() {
        if (!ownsPool) {
            var copy = new KvBlocks(pool, capacity);
            for (var block : blocks) {
                pool.hold(block);
                copy.blocks.add(block);
            }
            copy.length = length;
            return copy;
        }
        var copy = new KvBlocks(pool.another(), true, capacity);
        copy.reserve(length);
        copy.length = length;
        for (int b = 0; b < copy.blocks.size(); b++) copy.block(b).copyFrom(block(b));
        return copy;
    }

    boolean wide() {
        return pool.wide();
    }

    int headDim() {
        return pool.headDim();
    }

    MemorySegment block(int number) {
        return blocks.get(number).memory();
    }

    long keysAt(int layer, int kvHead) {
        return pool.keysAt(layer, kvHead);
    }

    long valuesAt(int layer, int kvHead) {
        return pool.valuesAt(layer, kvHead);
    }

    @Override
    public void close() {
        if (ownsPool) pool.close();
        else blocks.forEach(pool::release);
        blocks.clear();
        length = 0;
    }
}
