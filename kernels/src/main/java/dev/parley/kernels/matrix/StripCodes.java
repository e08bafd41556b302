package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * How the numbers of a strip are packed, from 0 on and of a few bits each: a row in each int lane of a register, in an int as many numbers
 * as fit. Where two bits of each int are left, the last numbers of a unit are cut into pairs of bits and fill them, so that nothing is
 * wasted.
 */
abstract class StripCodes {

    static final long STEP = 2 * Tile.VECTOR; // from a column of a panel to the next

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, LITTLE);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE);

    final int bits;
    final int perInt;
    final int unit; // columns
    final int group; // columns
    final int ints; // of a unit

    /** What the inputs of 32 columns are multiplied by, since {@link #widen} multiplies their numbers by the inverse. */
    final float[] factors = new float[32];

    /**
     * @param unit columns whose numbers fill whole ints
     * @param group columns that share a scale
     */
    StripCodes(int bits, int unit, int group) {
        this.bits = bits;
        perInt = 32 / bits;
        this.unit = unit;
        this.group = group;
        ints = unit * bits / 32;
        Arrays.fill(factors, 1);
    }

    /** Equal for those whose inputs are arranged alike. */
    Object form() {
        return factors[1] == 1 ? StripCodes.class : this;
    }

    /** Bytes of columns of a strip, whole units. */
    final long bytes(int columns) {
        return (long) columns * bits / 8 * LANES;
    }

    /**
     * Packs numbers of a row, whole units.
     *
     * @param numbers one in a byte, with seven bytes to spare after them
     * @param into registers, of which the row has a lane
     */
    void pack(byte[] numbers, int count, byte[] into, int lane) {
        if (bits * perInt == 32) packWhole(numbers, count, into, lane);
        else packCut(numbers, count, into, lane);
    }

    /** All numbers of an int in the low bits of its bytes. */
    private long mask() {
        var mask = (1L << bits) - 1;
        for (int k = 1; k < perInt; k++) mask |= mask << 8;
        return mask;
    }

    private void packWhole(byte[] numbers, int count, byte[] into, int lane) {
        var mask = mask();
        for (int c = 0, at = 4 * lane; c < count; c += perInt, at += 4 * LANES)
            INTS.set(into, at, (int) Long.compress((long) LONGS.get(numbers, c), mask));
    }

    private void packCut(byte[] numbers, int count, byte[] into, int lane) {
        var mask = mask();
        var at = 4 * lane;
        for (int from = 0; from < count; from += unit) {
            var cut = 0;
            for (int k = unit - 1; k >= ints * perInt; k--) cut = cut << bits | numbers[from + k];
            for (int i = ints - 1; i >= 0; i--, cut >>>= 2)
                INTS.set(into, at + 4 * i * LANES, (int) Long.compress((long) LONGS.get(numbers, from + i * perInt), mask) | cut << 30);
            at += 4 * ints * LANES;
        }
    }

    /** Widens columns of a strip, whole units, into a panel, each two registers after the one before. */
    abstract void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at);

    /**
     * Sums the products of columns of four strips, whole groups, with one vector, each group from 0 on, one product after the other.
     *
     * @param x arranged inputs, the columns' at {@code xAt}
     * @param sums receives four registers for each group
     */
    abstract void sumFour(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] x, int xAt, MemorySegment sums);
}
