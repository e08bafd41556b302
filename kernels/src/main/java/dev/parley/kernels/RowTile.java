package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of rows with several vectors: a few rows and a block of columns are widened to floats, and then multiplied four rows and
 * three vectors at a time, their sums in registers. A number's sum is a vector, which adds up every so many columns, and whose lanes
 * are added up at the end. Between blocks sums wait in memory; a block is so small that it stays in the first cache.
 *
 * <p>What a method holds is kept small on purpose: beyond some ninety vector operations the compiler stops inlining, and
 * each operation then allocates its result.
 */
final class RowTile {

    /** Widens a block of columns of some rows. */
    @FunctionalInterface
    interface Rows {

        /** @param into receives row {@code first + i} at {@link #rowAt}(columns, i) */
        void widen(int first, int rows, int column, int columns, MemorySegment into);
    }

    /** Vectors of a tile: twelve sums, three vectors and a row are the sixteen registers of AVX2. */
    private static final int WIDTH = 3;

    private static final int TOGETHER = Lanes.COUNT; // rows whose sums' lanes are added up together: they fill a vector
    private static final int SUMS = TOGETHER * Lanes.COUNT; // floats of a vector's sums
    private static final int WIDENED = Math.min(8, TOGETHER); // rows at a time
    private static final int BLOCK = 768; // columns at most
    private static final long VECTOR = 4L * Lanes.COUNT; // bytes

    private static final ThreadLocal<MemorySegment> PANEL = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(4L * WIDENED * BLOCK, 64));

    /**
     * Bytes that a tile goes on by, which the compiler must not know: it would unroll the loop, add to each sum four times in a row
     * and keep on the stack what it has loaded for that.
     */
    private static long step = VECTOR;

    private static final VectorMask<Float> FIRST_MORE = upper(TOGETHER / 2);
    private static final VectorMask<Float> SECOND_MORE = upper(TOGETHER / 4);
    private static final VectorMask<Float> THIRD_MORE = upper(TOGETHER / 8);
    private static final VectorMask<Float> FOURTH_MORE = upper(TOGETHER / 16);

    private RowTile() {}

    /** The lanes whose number has a bit. */
    private static VectorMask<Float> upper(int bit) {
        var lanes = new boolean[Lanes.COUNT];
        for (int i = 0; i < lanes.length; i++) lanes[i] = (i & bit) != 0;
        return VectorMask.fromArray(Lanes.FLOATS, lanes, 0);
    }

    /** Floats that so many vectors of n floats take, arranged for this: the lanes of {@link #WIDTH} vectors side by side. */
    static int inputSize(int n, int batch) {
        return batch == 1 ? n : Lanes.padded(batch, WIDTH) * n;
    }

    /** Where vector b's first lanes lie among arranged vectors; the next are {@link #inputStep} apart. */
    static int inputAt(int n, int b, int batch) {
        return batch == 1 ? 0 : b / WIDTH * WIDTH * n + b % WIDTH * Lanes.COUNT;
    }

    static int inputStep(int batch) {
        return batch == 1 ? Lanes.COUNT : WIDTH * Lanes.COUNT;
    }

    /** Vectors that lie in the array into the memory. Done by lanes, since a vector's lie apart. */
    static void copy(Arranged x, int at, int step, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT, at += step) MemorySegment.copy(x.floats, at, x.memory, ValueLayout.JAVA_FLOAT, 4L * at, Lanes.COUNT);
    }

    /** Byte where a row's first lanes lie among widened rows; the next are four vectors further. */
    static long rowAt(int columns, int row) {
        return 4L * (row / 4 * 4 * columns + row % 4 * Lanes.COUNT);
    }

    /** Floats that the sums take, with up to so many vectors, or a row and its sums before vectors are compiled. */
    static int scratchSize(int n, int batch) {
        return Math.max(Lanes.padded(batch, WIDTH) * SUMS, n + Lanes.COUNT);
    }

    /**
     * y[b][r] for some rows and all vectors.
     *
     * @param n floats in a row, a multiple of the lanes
     * @param x arranged vectors
     * @param sums {@link #scratchSize} floats
     */
    static void multiply(Rows source, int from, int to, int n, MemorySegment x, int batch, float[] y, int yAt, int yStride, float[] sums) {
        var panel = PANEL.get();
        var block = Lanes.padded(Math.ceilDiv(n, Math.ceilDiv(n, BLOCK)), 4 * Lanes.COUNT);
        for (int first = from; first < to; first += TOGETHER) {
            var rows = Math.min(TOGETHER, to - first);
            Arrays.fill(sums, 0, batch * SUMS, 0);
            for (int r = 0; r < rows; r += WIDENED) {
                for (int c = 0; c < n; c += block) {
                    int columns = Math.min(block, n - c), count = Math.min(WIDENED, rows - r);
                    source.widen(first + r, count, c, columns, panel);
                    add(panel, columns, count, x, n, c, batch, sums, r * Lanes.COUNT);
                }
            }
            addLanes(sums, 0, batch);
            for (int b = 0; b < batch; b++) System.arraycopy(sums, b * SUMS, y, yAt + first + b * yStride, rows);
        }
    }

    /** Adds the products with widened rows to the sums. */
    private static void add(MemorySegment w, int columns, int rows, MemorySegment x, int n, int c, int batch, float[] sums, int sumAt) {
        for (int b = 0; b < batch; b += WIDTH) {
            var x0 = 4L * (b * n + WIDTH * c);
            for (int r = 0; r < rows; r += 4) {
                long w0 = 4L * r * columns, end = w0 + 16L * columns;
                var at = b * SUMS + sumAt + r * Lanes.COUNT;
                switch (batch - b) {
                    case 1 -> one(w, w0, end, x, x0, sums, at);
                    case 2 -> two(w, w0, end, x, x0, sums, at);
                    default -> three(w, w0, end, x, x0, sums, at);
                }
            }
        }
    }

    private static void three(MemorySegment w, long w0, long end, MemorySegment x, long x0, float[] sums, int at) {
        FloatVector a00 = sum(sums, at, 0), a10 = sum(sums, at, 1), a20 = sum(sums, at, 2), a30 = sum(sums, at, 3);
        FloatVector a01 = sum(sums, at + SUMS, 0), a11 = sum(sums, at + SUMS, 1), a21 = sum(sums, at + SUMS, 2), a31 = sum(sums, at + SUMS, 3);
        FloatVector a02 = sum(sums, at + 2 * SUMS, 0), a12 = sum(sums, at + 2 * SUMS, 1), a22 = sum(sums, at + 2 * SUMS, 2), a32 = sum(sums, at + 2 * SUMS, 3);
        for (long i = w0, k = x0; i < end; i += 4 * step, k += WIDTH * step) {
            var v0 = load(x, k);
            var v1 = load(x, k + VECTOR);
            var v2 = load(x, k + 2 * VECTOR);
            var r = load(w, i);
            a00 = r.fma(v0, a00);
            a01 = r.fma(v1, a01);
            a02 = r.fma(v2, a02);
            r = load(w, i + VECTOR);
            a10 = r.fma(v0, a10);
            a11 = r.fma(v1, a11);
            a12 = r.fma(v2, a12);
            r = load(w, i + 2 * VECTOR);
            a20 = r.fma(v0, a20);
            a21 = r.fma(v1, a21);
            a22 = r.fma(v2, a22);
            r = load(w, i + 3 * VECTOR);
            a30 = r.fma(v0, a30);
            a31 = r.fma(v1, a31);
            a32 = r.fma(v2, a32);
        }
        keep(sums, at, a00, a10, a20, a30);
        keep(sums, at + SUMS, a01, a11, a21, a31);
        keep(sums, at + 2 * SUMS, a02, a12, a22, a32);
    }

    private static void two(MemorySegment w, long w0, long end, MemorySegment x, long x0, float[] sums, int at) {
        FloatVector a00 = sum(sums, at, 0), a10 = sum(sums, at, 1), a20 = sum(sums, at, 2), a30 = sum(sums, at, 3);
        FloatVector a01 = sum(sums, at + SUMS, 0), a11 = sum(sums, at + SUMS, 1), a21 = sum(sums, at + SUMS, 2), a31 = sum(sums, at + SUMS, 3);
        for (long i = w0, k = x0; i < end; i += 4 * step, k += WIDTH * step) {
            var v0 = load(x, k);
            var v1 = load(x, k + VECTOR);
            var r = load(w, i);
            a00 = r.fma(v0, a00);
            a01 = r.fma(v1, a01);
            r = load(w, i + VECTOR);
            a10 = r.fma(v0, a10);
            a11 = r.fma(v1, a11);
            r = load(w, i + 2 * VECTOR);
            a20 = r.fma(v0, a20);
            a21 = r.fma(v1, a21);
            r = load(w, i + 3 * VECTOR);
            a30 = r.fma(v0, a30);
            a31 = r.fma(v1, a31);
        }
        keep(sums, at, a00, a10, a20, a30);
        keep(sums, at + SUMS, a01, a11, a21, a31);
    }

    private static void one(MemorySegment w, long w0, long end, MemorySegment x, long x0, float[] sums, int at) {
        FloatVector a00 = sum(sums, at, 0), a10 = sum(sums, at, 1), a20 = sum(sums, at, 2), a30 = sum(sums, at, 3);
        for (long i = w0, k = x0; i < end; i += 4 * step, k += WIDTH * step) {
            var v0 = load(x, k);
            var r = load(w, i);
            a00 = r.fma(v0, a00);
            r = load(w, i + VECTOR);
            a10 = r.fma(v0, a10);
            r = load(w, i + 2 * VECTOR);
            a20 = r.fma(v0, a20);
            r = load(w, i + 3 * VECTOR);
            a30 = r.fma(v0, a30);
        }
        keep(sums, at, a00, a10, a20, a30);
    }

    private static FloatVector load(MemorySegment m, long at) {
        return FloatVector.fromMemorySegment(Lanes.FLOATS, m, at, Lanes.LITTLE);
    }

    private static FloatVector sum(float[] sums, int at, int row) {
        return FloatVector.fromArray(Lanes.FLOATS, sums, at + row * Lanes.COUNT);
    }

    private static void keep(float[] into, int at, FloatVector v0, FloatVector v1, FloatVector v2, FloatVector v3) {
        v0.intoArray(into, at);
        v1.intoArray(into, at + Lanes.COUNT);
        v2.intoArray(into, at + 2 * Lanes.COUNT);
        v3.intoArray(into, at + 3 * Lanes.COUNT);
    }

    // ---- results ----

    /**
     * Adds up the lanes of some vectors' sums, each in the order of {@link Lanes#sum}: each time half of the sums go on, with
     * the other half's in their upper lanes. A step in each method, since together they are more than the compiler inlines.
     */
    private static void addLanes(float[] sums, int at, int count) {
        first(sums, at, count);
        second(sums, at, count);
        if (TOGETHER >= 8) third(sums, at, count);
        if (TOGETHER >= 16) fourth(sums, at, count);
    }

    private static void first(float[] sums, int at, int count) {
        for (int b = 0; b < count; b++, at += SUMS) {
            for (int r = 0; r < SUMS / 2; r += Lanes.COUNT) {
                FloatVector v = FloatVector.fromArray(Lanes.FLOATS, sums, at + r), more = FloatVector.fromArray(Lanes.FLOATS, sums, at + SUMS / 2 + r);
                v.blend(more, FIRST_MORE).add(more.blend(v, FIRST_MORE).rearrange(Lanes.FIRST)).intoArray(sums, at + r);
            }
        }
    }

    private static void second(float[] sums, int at, int count) {
        for (int b = 0; b < count; b++, at += SUMS) {
            for (int r = 0; r < SUMS / 4; r += Lanes.COUNT) {
                FloatVector v = FloatVector.fromArray(Lanes.FLOATS, sums, at + r), more = FloatVector.fromArray(Lanes.FLOATS, sums, at + SUMS / 4 + r);
                v.blend(more, SECOND_MORE).add(more.blend(v, SECOND_MORE).rearrange(Lanes.SECOND)).intoArray(sums, at + r);
            }
        }
    }

    private static void third(float[] sums, int at, int count) {
        for (int b = 0; b < count; b++, at += SUMS) {
            for (int r = 0; r < SUMS / 8; r += Lanes.COUNT) {
                FloatVector v = FloatVector.fromArray(Lanes.FLOATS, sums, at + r), more = FloatVector.fromArray(Lanes.FLOATS, sums, at + SUMS / 8 + r);
                v.blend(more, THIRD_MORE).add(more.blend(v, THIRD_MORE).rearrange(Lanes.THIRD)).intoArray(sums, at + r);
            }
        }
    }

    private static void fourth(float[] sums, int at, int count) {
        for (int b = 0; b < count; b++, at += SUMS) {
            FloatVector v = FloatVector.fromArray(Lanes.FLOATS, sums, at), more = FloatVector.fromArray(Lanes.FLOATS, sums, at + Lanes.COUNT);
            v.blend(more, FOURTH_MORE).add(more.blend(v, FOURTH_MORE).rearrange(Lanes.FOURTH)).intoArray(sums, at);
        }
    }
}
