package dev.parley.kernels.matrix;

/** The blocks that {@link BlockMatrix} multiplies where they lie: what one holds, and how its product is summed. */
public enum BlockFormat {
    /** Four bits; the first 16 of 32 numbers with the other 16 in pairs, after a scale. */
    Q4_0(32, 18, new SmallBlocks(false, false)),
    /** The same with a minimum. */
    Q4_1(32, 20, new SmallBlocks(false, true)),
    /** Five bits. */
    Q5_0(32, 22, new SmallBlocks(true, false)),
    /** Five bits with a minimum. */
    Q5_1(32, 24, new SmallBlocks(true, true)),
    /** Eight bits. */
    Q8_0(32, 34, new Q80Blocks()),
    /** Four bits; eight groups of 32 with a scale and a minimum of six bits each. */
    Q4_K(256, 144, new Q4KBlocks()),
    /** Five bits; the same. */
    Q5_K(256, 176, new Q5KBlocks()),
    /** Six bits; sixteen groups of 16 with a scale of eight bits each. */
    Q6_K(256, 210, new Q6KBlocks()),
    /** Codes of four bits for numbers that are denser near 0. */
    IQ4_NL(32, 18, CodedBlocks.UNEVEN),
    /** Floats of four bits; the scale of 32 is a power of two. */
    MXFP4(32, 17, CodedBlocks.FLOAT4);

    private final int columns;
    private final int bytes;
    private final BlockKernel kernel;

    BlockFormat(int columns, int bytes, BlockKernel kernel) {
        this.columns = columns;
        this.bytes = bytes;
        this.kernel = kernel;
    }

    /** Numbers in a block. */
    public int columns() {
        return columns;
    }

    /** Bytes of a block. */
    public int bytes() {
        return bytes;
    }

    /** Floats that a block's inputs take when they are arranged. */
    int inputSize() {
        return kernel.inputSize();
    }

    /** Equal for formats that read inputs in the same arrangement. */
    Object inputForm() {
        return kernel.inputForm();
    }

    BlockKernel kernel() {
        return kernel;
    }
}
