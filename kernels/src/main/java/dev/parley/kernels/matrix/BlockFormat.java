package dev.parley.kernels.matrix;

import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.MemorySegment;

/** The blocks of GGUF files that {@link BlockMatrix} holds: what one is, and how its numbers and scales are kept in strips. */
public enum BlockFormat {
    /** Four bits; the first 16 of 32 numbers with the other 16 in pairs, after a scale. */
    Q4_0(32, 18, FourBits.CODES, -8, StripScales.FLOAT),
    /** The same with a minimum. */
    Q4_1(32, 20, FourBits.CODES, 0, StripScales.FLOAT_MINIMUM),
    /** Five bits. */
    Q5_0(32, 22, CutBits.FIVE, -16, StripScales.FLOAT),
    /** Five bits with a minimum. */
    Q5_1(32, 24, CutBits.FIVE, 0, StripScales.FLOAT_MINIMUM),
    /** Eight bits. */
    Q8_0(32, 34, SignedBytes.CODES, 0, StripScales.FLOAT),
    /** Four bits; eight groups of 32 with a scale and a minimum of six bits each. */
    Q4_K(256, 144, FourBits.CODES, 0, StripScales.BYTES_MINIMA),
    /** Five bits; the same. */
    Q5_K(256, 176, CutBits.FIVE, 0, StripScales.BYTES_MINIMA),
    /** Six bits; sixteen groups of 16 with a scale of eight bits each. */
    Q6_K(256, 210, CutBits.SIX, -32, StripScales.BYTES_OF_16),
    /** Codes of four bits for numbers that are denser near 0. */
    IQ4_NL(32, 18, CodedNumbers.UNEVEN, 0, StripScales.FLOAT),
    /** The same codes; eight groups of 32 with a scale of six bits each. */
    IQ4_XS(256, 136, CodedNumbers.UNEVEN, 0, StripScales.BYTES_OF_32),
    /** Floats of four bits; the scale of 32 is a power of two. */
    MXFP4(32, 17, CodedNumbers.FLOAT4, 0, StripScales.POWER);

    private static final long PART = 10_000; // blocks that a thread looks at in one go

    private final int columns;
    private final int bytes;
    private final StripCodes codes;
    private final int least;
    private final StripScales scales;

    /** @param least what a code of 0 is, before it is multiplied by its scale */
    BlockFormat(int columns, int bytes, StripCodes codes, int least, StripScales scales) {
        this.columns = columns;
        this.bytes = bytes;
        this.codes = codes;
        this.least = least;
        this.scales = scales;
    }

    /** Numbers in a block. */
    public int columns() {
        return columns;
    }

    /** Bytes of a block. */
    public int bytes() {
        return bytes;
    }

    /**
     * Fails on a scale that is not finite; {@link BlockMatrix#pack} does so by itself.
     *
     * @throws ArithmeticException if there is one
     */
    public void requireFinite(MemorySegment blocks, ThreadTeam team) {
        var count = blocks.byteSize() / bytes;
        team.each((int) Math.ceilDiv(count, PART), part -> {
            var block = new UnpackedBlock();
            for (long b = part * PART; b < Math.min(count, (part + 1) * PART); b++) block.read(this, blocks, b * bytes);
        });
    }

    StripCodes codes() {
        return codes;
    }

    StripScales scales() {
        return scales;
    }

    /** Columns that share a scale. */
    int group() {
        return columns / scales.groups();
    }

    /** What a code of 0 is, before it is multiplied by its scale. */
    int least() {
        return least;
    }
}
