package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Weights in bfloat16, row by row as a weight file has them, so that a mapped file can be used where it lies. A load takes
 * pairs of neighbours as one int; shifting and masking give the even and the odd columns, so that vectors are arranged as
 * a register of even numbers, then one of the odd between them.
 */
public final class BFloat16Matrix implements Matrix {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);

    private final MemorySegment memory;
    private final int rows;
    private final int columns;
    private final int stride; // columns with padding, a multiple of step()
    private final int rowsPerPart;
    private final TransposedRows.Rows tiled;

    private BFloat16Matrix(MemorySegment memory, int rows, int columns, int stride) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        rowsPerPart = RowTile.rowsPerPart(2L * stride, rows);
        tiled = new TransposedRows.Rows(memory, stride, true);
    }

    /** Rows whose length is a multiple of this need no padding. */
    static int step() {
        return 4 * LANES;
    }

    /** True if rows of such a length can be used where they lie. */
    public static boolean canView(int columns) {
        return columns % step() == 0;
    }

    /** The matrix over memory that holds it row by row. */
    public static BFloat16Matrix view(MemorySegment memory, int rows, int columns) {
        if (!canView(columns) || memory.byteSize() != 2L * rows * columns) {
            throw new IllegalArgumentException("Memory of " + memory.byteSize() + " bytes is no matrix of " + rows + " x " + columns + ".");
        }
        return new BFloat16Matrix(memory, rows, columns, columns);
    }

    /** Rounds rows to bfloat16, into memory of the arena. */
    public static BFloat16Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        var stride = VectorShape.roundUp(source.columns(), step());
        var memory = NativeMemory.allocate(arena, 2L * source.rows() * stride);
        source.readAll(64, stride, team, (first, count, floats) -> {
            for (int r = 0; r < count; r++) BFloat16Bits.write(floats, r * stride, memory, 2L * (first + r) * stride, stride);
        });
        return new BFloat16Matrix(memory, source.rows(), source.columns(), stride);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    /** Numbers from the start of a row to that of the next. */
    public int stride() {
        return stride;
    }

    @Override
    public int inputSize(int batch) {
        return RowTile.inputSize(stride, batch);
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        if (batch < TransposedRows.MIN_BATCH) arrange(x, xAt, into, b * stride);
        else TransposedRows.arrange(tiled, x, xAt, columns, into, b, batch);
    }

    private void arrange(float[] x, int xAt, float[] into, int at) {
        if (columns < stride) Arrays.fill(into, at + columns / (2 * LANES) * 2 * LANES, at + stride, 0);
        for (int c = 0; c < columns; c += 2 * LANES) {
            var pairs = Math.min(LANES, (columns - c) / 2);
            for (int i = 0; i < pairs; i++) {
                into[at + c + i] = x[xAt + c + 2 * i];
                into[at + c + LANES + i] = x[xAt + c + 2 * i + 1];
            }
            if (columns - c < 2 * LANES && columns % 2 == 1) into[at + c + pairs] = x[xAt + columns - 1];
        }
    }

    @Override
    public int parts() {
        return Math.ceilDiv(rows, rowsPerPart);
    }

    @Override
    public int firstRow(int part) {
        return Math.min(rows, part * rowsPerPart);
    }

    @Override
    public void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        if (VectorKernels.areReady()) multiplyByVectors(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride, workspace);
        else multiplyByScalars(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride);
    }

    void multiplyByVectors(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        if (batch == 1) multiplyOne(from, to, x, y, yAt);
        else if (batch < TransposedRows.MIN_BATCH) multiplyFew(from, to, x, batch, y, yAt, yStride, workspace.rows);
        else TransposedRows.multiply(tiled, from, to, x, batch, y, yAt, yStride, workspace);
    }

    private void multiplyFew(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, float[] rows) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        var rowAt = new int[4];
        for (int r = from; r < from + quarter; r++) {
            for (int k = 0; k < 4; k++) {
                rowAt[k] = Math.min(r + k * quarter, to - 1);
                widen(memory, 2L * stride * rowAt[k], stride, rows, k * stride);
            }
            RowTile.multiply(rows, stride, x, batch, stride, y, yAt, yStride, rowAt);
        }
    }

    private void multiplyOne(int from, int to, float[] x, float[] y, int yAt) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        for (int r = from; r < from + quarter; r++) {
            int r1 = Math.min(r + quarter, to - 1), r2 = Math.min(r + 2 * quarter, to - 1), r3 = Math.min(r + 3 * quarter, to - 1);
            one(memory, 2L * stride * r, 2L * stride * r1, 2L * stride * r2, 2L * stride * r3, stride, x, y, yAt + r, yAt + r1, yAt + r2, yAt + r3);
        }
    }

    void multiplyByScalars(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride) {
        var halves = new short[stride];
        var floats = new float[stride + LANES];
        for (int r = from; r < to; r++) {
            MemorySegment.copy(memory, SHORT, 2L * r * stride, halves, 0, stride);
            widenByScalars(halves, floats);
            ScalarRows.multiply(floats, stride, x, batch, y, yAt + r, yStride);
        }
    }

    private static void widenByScalars(short[] halves, float[] into) {
        for (int i = 0; i < halves.length; i += 2 * LANES) {
            for (int k = 0; k < LANES; k++) {
                into[i + k] = Float.intBitsToFloat(halves[i + 2 * k] << 16);
                into[i + LANES + k] = Float.intBitsToFloat(halves[i + 2 * k + 1] << 16);
            }
        }
    }

    /** Four rows with one vector; sums in the order of {@link RowTile}, so that a vector alone and in a batch gives the same. */
    private static void one(MemorySegment w, long w0, long w1, long w2, long w3, int n, float[] x, float[] y, int y0, int y1, int y2, int y3) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (int i = 0; i < n; i += 2 * LANES) {
            var even = FloatVector.fromArray(FLOATS, x, i);
            var odd = FloatVector.fromArray(FLOATS, x, i + LANES);
            var p0 = IntVector.fromMemorySegment(INTS, w, w0 + 2L * i, LITTLE);
            var p1 = IntVector.fromMemorySegment(INTS, w, w1 + 2L * i, LITTLE);
            var p2 = IntVector.fromMemorySegment(INTS, w, w2 + 2L * i, LITTLE);
            var p3 = IntVector.fromMemorySegment(INTS, w, w3 + 2L * i, LITTLE);
            a0 = BFloat16Bits.upper(p0).fma(odd, BFloat16Bits.lower(p0).fma(even, a0));
            a1 = BFloat16Bits.upper(p1).fma(odd, BFloat16Bits.lower(p1).fma(even, a1));
            a2 = BFloat16Bits.upper(p2).fma(odd, BFloat16Bits.lower(p2).fma(even, a2));
            a3 = BFloat16Bits.upper(p3).fma(odd, BFloat16Bits.lower(p3).fma(even, a3));
        }
        y[y0] = VectorShape.sumLanes(a0);
        y[y1] = VectorShape.sumLanes(a1);
        y[y2] = VectorShape.sumLanes(a2);
        y[y3] = VectorShape.sumLanes(a3);
    }

    /** A row as floats, arranged as vectors are. */
    private static void widen(MemorySegment w, long at, int n, float[] into, int intoAt) {
        for (int i = 0; i < n; i += 2 * LANES) {
            var pairs = IntVector.fromMemorySegment(INTS, w, at + 2L * i, LITTLE);
            BFloat16Bits.lower(pairs).intoArray(into, intoAt + i);
            BFloat16Bits.upper(pairs).intoArray(into, intoAt + LANES + i);
        }
    }

    @Override
    public int panelSize() {
        return TransposedRows.panelSize();
    }

    @Override
    public void row(int row, float[] into, int at) {
        for (int c = 0; c < columns; c++) {
            into[at + c] = Float.intBitsToFloat(memory.get(SHORT, 2L * ((long) row * stride + c)) << 16);
        }
    }

    @Override
    public int rowsSize() {
        return RowTile.scratchSize(stride);
    }

    @Override
    public long bytes() {
        return 2L * rows * stride;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }
}
