package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * What a low-rank adapter adds to a product: y += scale · B (A x), Hu et al. 2021 (arXiv:2106.09685). It is computed for each vector by
 * itself, in one order of sums, so that texts of several adapters share the product with the base's matrix and each comes out as it does
 * alone. The two steps are those of Chen et al. 2023 (Punica, arXiv:2310.18547): shrink x to the rank, expand that to y.
 *
 * <pre>{@code
 * lowRank.shrink(x, 0, low, 0);                        // A x
 * lowRank.expand(low, 0, 0, lowRank.rows(), y, 0);     // y += scale · B (A x)
 * }</pre>
 */
public final class LowRankUpdate {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

    private final MemorySegment a; // (in, r), each row filled up to whole vectors: a lane for each of the r sums
    private final MemorySegment b; // (r, out), times the scale
    private final int rank;
    private final int lowSize;
    private final int rows;
    private final int columns;

    private LowRankUpdate(MemorySegment a, MemorySegment b, int rank, int rows, int columns) {
        this.a = a;
        this.b = b;
        this.rank = rank;
        this.rows = rows;
        this.columns = columns;
        lowSize = lowSize(rank);
    }

    /**
     * Lays the two matrices out.
     *
     * @param a (rank, columns), row-major
     * @param b (rows, rank), row-major
     * @param scale what B (A x) is multiplied by
     */
    public static LowRankUpdate of(float[] a, float[] b, int rank, double scale, Arena arena) {
        int columns = a.length / rank, rows = b.length / rank, wide = lowSize(rank);
        var shrinking = new float[columns * wide];
        for (int r = 0; r < rank; r++) {
            for (int c = 0; c < columns; c++) shrinking[c * wide + r] = a[r * columns + c];
        }
        var expanding = new float[rank * rows];
        for (int row = 0; row < rows; row++) {
            for (int r = 0; r < rank; r++) expanding[r * rows + row] = (float) (scale * b[row * rank + r]);
        }
        return new LowRankUpdate(inMemory(shrinking, arena), inMemory(expanding, arena), rank, rows, columns);
    }

    private static MemorySegment inMemory(float[] numbers, Arena arena) {
        var memory = arena.allocate(4L * numbers.length, 64);
        MemorySegment.copy(numbers, 0, memory, FLOAT, 0, numbers.length);
        return memory;
    }

    /** Numbers that {@link #shrink} writes: the rank, filled up to whole vectors. */
    public int lowSize() {
        return lowSize;
    }

    private static int lowSize(int rank) {
        return VectorShape.roundUp(rank, LANES);
    }

    /** Outputs. */
    public int rows() {
        return rows;
    }

    /** Inputs. */
    public int columns() {
        return columns;
    }

    /** Bytes of memory that a step reads. */
    public long bytes() {
        return a.byteSize() + b.byteSize();
    }

    /**
     * A x.
     *
     * @param x the vector, {@link #columns()} numbers from {@code xAt} on
     * @param low receives {@link #lowSize()} numbers from {@code lowAt} on
     */
    public void shrink(float[] x, int xAt, float[] low, int lowAt) {
        if (VectorKernels.areReady()) shrinkByVectors(x, xAt, low, lowAt);
        else shrinkByScalars(x, xAt, low, lowAt);
    }

    /** Four sums of each number, of every fourth column: the processor adds to all of them at once. */
    void shrinkByVectors(float[] x, int xAt, float[] low, int lowAt) {
        for (int r = 0; r < lowSize; r += LANES) {
            FloatVector s0 = FloatVector.zero(FLOATS), s1 = s0, s2 = s0, s3 = s0;
            long at = 4L * r, step = 4L * lowSize;
            var c = 0;
            for (; c <= columns - 4; c += 4, at += 4 * step) {
                s0 = FloatVector.fromMemorySegment(FLOATS, a, at, LITTLE).fma(FloatVector.broadcast(FLOATS, x[xAt + c]), s0);
                s1 = FloatVector.fromMemorySegment(FLOATS, a, at + step, LITTLE).fma(FloatVector.broadcast(FLOATS, x[xAt + c + 1]), s1);
                s2 = FloatVector.fromMemorySegment(FLOATS, a, at + 2 * step, LITTLE).fma(FloatVector.broadcast(FLOATS, x[xAt + c + 2]), s2);
                s3 = FloatVector.fromMemorySegment(FLOATS, a, at + 3 * step, LITTLE).fma(FloatVector.broadcast(FLOATS, x[xAt + c + 3]), s3);
            }
            for (; c < columns; c++, at += step) {
                s0 = FloatVector.fromMemorySegment(FLOATS, a, at, LITTLE).fma(FloatVector.broadcast(FLOATS, x[xAt + c]), s0);
            }
            s0.add(s1).add(s2.add(s3)).intoArray(low, lowAt + r);
        }
    }

    /** The same sums in the same order. */
    void shrinkByScalars(float[] x, int xAt, float[] low, int lowAt) {
        var sums = new float[4 * lowSize];
        var paired = columns / 4 * 4;
        for (int c = 0; c < columns; c++) {
            int to = c < paired ? c % 4 * lowSize : 0;
            for (int r = 0; r < lowSize; r++) sums[to + r] = Math.fma(a.get(FLOAT, 4 * ((long) c * lowSize + r)), x[xAt + c], sums[to + r]);
        }
        for (int r = 0; r < lowSize; r++)
            low[lowAt + r] = (sums[r] + sums[lowSize + r]) + (sums[2 * lowSize + r] + sums[3 * lowSize + r]);
    }

    /**
     * Adds scale · B low to some rows of y.
     *
     * @param low what {@link #shrink} wrote at {@code lowAt}
     * @param y row r of it is at {@code yAt + r}
     */
    public void expand(float[] low, int lowAt, int from, int to, float[] y, int yAt) {
        var row = VectorKernels.areReady() ? expandByVectors(low, lowAt, from, to, y, yAt) : from;
        for (int r = 0; r < rank && row < to; r++) {
            for (int i = row; i < to; i++) y[yAt + i] = Math.fma(b.get(FLOAT, 4 * ((long) r * rows + i)), low[lowAt + r], y[yAt + i]);
        }
    }

    /** @return the first row that is left, for want of a whole vector */
    int expandByVectors(float[] low, int lowAt, int from, int to, float[] y, int yAt) {
        var row = from;
        for (; row <= to - 2 * LANES; row += 2 * LANES) {
            FloatVector y0 = FloatVector.fromArray(FLOATS, y, yAt + row), y1 = FloatVector.fromArray(FLOATS, y, yAt + row + LANES);
            var at = 4L * row;
            for (int r = 0; r < rank; r++, at += 4L * rows) {
                var factor = FloatVector.broadcast(FLOATS, low[lowAt + r]);
                y0 = FloatVector.fromMemorySegment(FLOATS, b, at, LITTLE).fma(factor, y0);
                y1 = FloatVector.fromMemorySegment(FLOATS, b, at + 4L * LANES, LITTLE).fma(factor, y1);
            }
            y0.intoArray(y, yAt + row);
            y1.intoArray(y, yAt + row + LANES);
        }
        return row;
    }
}
