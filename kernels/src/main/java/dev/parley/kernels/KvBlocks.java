package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of a text's tokens, for all layers, in blocks of 64 tokens that are taken as the text grows. In a
 * block, keys lie by dimension, so that one load has the same dimension of many tokens' keys, and values lie by token;
 * both in pairs of neighbouring dimensions. In bfloat16, or in float32.
 */
public final class KvBlocks implements AutoCloseable {

    /** Tokens in a block. */
    public static final int TOKENS = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(Lanes.LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE);

    private final int layers;
    private final int kvHeads;
    private final int headDim;
    private final boolean wide;
    private final int capacity;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> blocks = new ArrayList<>();
    private int length;

    /**
     * @param wide float32 rather than bfloat16
     * @param capacity tokens at most
     */
    public KvBlocks(int layers, int kvHeads, int headDim, boolean wide, int capacity) {
        this.layers = layers;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.wide = wide;
        this.capacity = capacity;
    }

    /** Tokens that are there. */
    public int length() {
        return length;
    }

    /** Tokens at most. */
    public int capacity() {
        return capacity;
    }

    /** Makes room for so many more tokens, before their keys and values are put. */
    public void reserve(int tokens) {
        if (length + tokens > capacity) throw new IllegalStateException("A cache of " + capacity + " tokens cannot take " + tokens + " after " + length + ".");
        while (blocks.size() * TOKENS < length + tokens) blocks.add(NativeMemory.allocate(arena, layers * layerBytes()));
    }

    /** Counts tokens in, whose keys and values were put for every layer. */
    public void advance(int tokens) {
        length += tokens;
    }

    /** Forgets all tokens from a position on. */
    public void truncate(int length) {
        this.length = Math.min(this.length, length);
    }

    /** Puts a token's key and value. @param position at most {@link #length()} plus what was reserved, less one */
    public void put(int layer, int kvHead, int position, float[] key, int keyAt, float[] value, int valueAt) {
        var block = blocks.get(position / TOKENS);
        int token = position % TOKENS;
        long keys = keysAt(layer, kvHead), values = valuesAt(layer, kvHead);
        if (wide) {
            for (int d = 0; d < headDim; d++) block.set(FLOAT, keys + 4L * (d * TOKENS + token), key[keyAt + d]);
            MemorySegment.copy(value, valueAt, block, FLOAT, values + 4L * token * headDim, headDim);
        } else {
            for (int d = 0; d < headDim; d++) block.set(SHORT, keys + 2L * ((d / 2 * TOKENS + token) * 2 + d % 2), Halves.toBFloat16(key[keyAt + d]));
            Halves.toBFloat16(value, valueAt, block, values + 2L * token * headDim, headDim);
        }
    }

    /** The same tokens again, for a text that goes on otherwise. */
    public KvBlocks copy() {
        var copy = new KvBlocks(layers, kvHeads, headDim, wide, capacity);
        copy.reserve(length);
        copy.length = length;
        for (int b = 0; b < copy.blocks.size(); b++) copy.blocks.get(b).copyFrom(blocks.get(b));
        return copy;
    }

    boolean wide() {
        return wide;
    }

    int headDim() {
        return headDim;
    }

    MemorySegment block(int number) {
        return blocks.get(number);
    }

    long keysAt(int layer, int kvHead) {
        return layer * layerBytes() + 2 * kvHead * headBytes();
    }

    long valuesAt(int layer, int kvHead) {
        return keysAt(layer, kvHead) + headBytes();
    }

    private long headBytes() {
        return (wide ? 4L : 2L) * TOKENS * headDim;
    }

    private long layerBytes() {
        return 2L * kvHeads * headBytes();
    }

    @Override
    public void close() {
        blocks.clear();
        arena.close();
    }
}
