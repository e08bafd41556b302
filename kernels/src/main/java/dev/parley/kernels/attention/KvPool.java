package dev.parley.kernels.attention;

import dev.parley.kernels.machine.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Memory for the keys, values and states of many sequences, in blocks of {@value KvBlocks#TOKENS} tokens. Sequences
 * with the same beginning share blocks; a block is free again when its last holder releases it. Memory is taken from the system when a
 * block is
 * first needed, and stays until the pool is closed.
 */
public final class KvPool implements AutoCloseable {

    private final int[] states;
    private final long[] layerAt; // in a block, and where it ends
    private final int kvHeads;
    private final int headDim;
    private final boolean wide;
    private final int mostBlocks;
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<Block> free = new ArrayDeque<>();
    private int made;

    /** A block and the number of its holders. */
    public static final class Block {

        private final MemorySegment memory;
        private int holders;

        private Block(MemorySegment memory) {
            this.memory = memory;
        }

        MemorySegment memory() {
            return memory;
        }
    }

    /**
     * Makes a pool for layers with heads; memory is taken when a block is first used.
     *
     * @param layers of the model
     * @param kvHeads key and value heads of a layer
     * @param headDim numbers in a head
     * @param wide float32 rather than bfloat16
     * @param mostBlocks blocks in use at once, at most
     */
    public KvPool(int layers, int kvHeads, int headDim, boolean wide, int mostBlocks) {
        this(new int[layers], kvHeads, headDim, wide, mostBlocks);
    }

    /**
     * The same for layers of which some keep, in place of keys and values, a state for each token.
     *
     * @param states of each layer the numbers of a token's state; 0 for a layer with heads
     */
    public KvPool(int[] states, int kvHeads, int headDim, boolean wide, int mostBlocks) {
        this.states = states.clone();
        layerAt = new long[states.length + 1];
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.wide = wide;
        this.mostBlocks = mostBlocks;
        for (int i = 0; i < states.length; i++)
            layerAt[i + 1] = layerAt[i] + (states[i] > 0 ? bytes(states[i]) : 2L * kvHeads * bytes(headDim));
    }

    /** Blocks that can be taken now. */
    public synchronized int free() {
        return free.size() + mostBlocks - made;
    }

    /** Blocks that can be in use at once. */
    public int size() {
        return mostBlocks;
    }

    /** Bytes of a block. */
    public long blockBytes() {
        return layerAt[states.length];
    }

    /** A block with one holder; its contents are undefined. @throws IllegalStateException if all are in use */
    synchronized Block take() {
        var block = free.poll();
        if (block == null) {
            if (made == mostBlocks) throw new IllegalStateException("All " + mostBlocks + " blocks of keys and values are in use.");
            block = new Block(NativeMemory.allocate(arena, blockBytes()));
            made++;
        }
        block.holders = 1;
        return block;
    }

    /** Counts one more holder of the block. */
    public synchronized void hold(Block block) {
        block.holders++;
    }

    /** Counts one holder less; without any the block is free again. */
    public synchronized void release(Block block) {
        if (--block.holders == 0) free.push(block);
    }

    /** The number of its holders. */
    public synchronized int holders(Block block) {
        return block.holders;
    }

    /** An empty pool of the same kind. */
    KvPool another() {
        return new KvPool(states, kvHeads, headDim, wide, mostBlocks);
    }

    int headDim() {
        return headDim;
    }

    boolean wide() {
        return wide;
    }

    long keysAt(int layer, int kvHead) {
        return layerAt[layer] + 2L * kvHead * bytes(headDim);
    }

    long valuesAt(int layer, int kvHead) {
        return keysAt(layer, kvHead) + bytes(headDim);
    }

    /** Where a token's state lies, of a layer that keeps one, from one of its numbers on. */
    long stateAt(int layer, int token, int first) {
        return layerAt[layer] + (wide ? 4L : 2L) * ((long) token * states[layer] + first);
    }

    /** Of so many numbers of each token. */
    private long bytes(int numbers) {
        return (wide ? 4L : 2L) * KvBlocks.TOKENS * numbers;
    }

    /** Gives the memory back; no sequence may use it any more. */
    @Override
    public void close() {
        arena.close();
    }
}
