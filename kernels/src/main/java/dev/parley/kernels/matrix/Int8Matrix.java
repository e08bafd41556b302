package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Weights in eight bits with a scale for each row, or for each group of columns of a row. Rows lie in strips: as many rows
 * as a vector has lanes, a column's bytes side by side, so that sums stay in their lanes and a scale is one vector.
 */
public final class Int8Matrix extends StripMatrix {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long VECTOR = Tile.VECTOR;

    private final int groupColumns;
    private final int groups;
    private final Strips strips = new Strips();
    private final StripTile.Groups tiled;

    private Int8Matrix(MemorySegment memory, int rows, int columns, int groupColumns, int groups) {
        super(memory, rows, columns, groups * groupBytes(groupColumns));
        this.groupColumns = groupColumns;
        this.groups = groups;
        tiled = new StripTile.Groups(groups, groupColumns, size(), 1, 0);
    }

    /**
     * Quantises rows with one scale each: the largest number of a row becomes 127.
     *
     * @throws ArithmeticException if a number is not finite
     */
    public static Int8Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        return pack(source, VectorShape.roundUp(source.columns(), 4), arena, team);
    }

    /**
     * Quantises groups of columns, each with a scale.
     *
     * @param groupColumns a multiple of 4
     */
    public static Int8Matrix pack(RowSource source, int groupColumns, Arena arena, ThreadTeam team) {
        var groups = Math.ceilDiv(source.columns(), groupColumns);
        var strips = Math.ceilDiv(source.rows(), LANES);
        var stripBytes = groups * groupBytes(groupColumns);
        var memory = NativeMemory.allocate(arena, strips * stripBytes + Int8Tile.SLACK);
        var matrix = new Int8Matrix(memory, source.rows(), source.columns(), groupColumns, groups);
        var stride = groups * groupColumns;
        source.readAll(4 * LANES, stride, team, (first, count, floats) -> {
            var bytes = new byte[groupColumns * LANES];
            for (int row = 0; row < count; row += LANES) {
                for (int g = 0; g < groups; g++) matrix.packGroup(floats, row * stride + g * groupColumns, stride,
                        (first + row) / LANES * stripBytes + g * matrix.groupBytes(), bytes);
            }
        });
        return matrix;
    }

    /** A group of columns of a strip's rows, which lie a stride apart. */
    private void packGroup(float[] floats, int at, int stride, long groupAt, byte[] bytes) {
        for (int lane = 0; lane < LANES; lane++) {
            var rowAt = at + lane * stride;
            var scale = largest(floats, rowAt, groupColumns) / 127;
            if (!Float.isFinite(scale)) throw new ArithmeticException("A weight is not finite.");
            memory.set(FLOAT, groupAt + 4L * lane, scale);
            quantise(floats, rowAt, groupColumns, scale == 0 ? 0 : 1 / scale, bytes, lane, LANES);
        }
        MemorySegment.copy(bytes, 0, memory, BYTE, groupAt + VECTOR, bytes.length);
    }

    // The next two are methods of their own, short and plain: at a program's start the compiler has them ready ten times sooner.

    /** The largest absolute value. Without their signs, the bits of numbers are in the order of the numbers. */
    private static float largest(float[] floats, int at, int count) {
        var largest = 0;
        for (int i = at; i < at + count; i++) largest = Math.max(largest, Float.floatToRawIntBits(floats[i]) & 0x7fffffff);
        return Float.intBitsToFloat(largest);
    }

    private static void quantise(float[] floats, int at, int count, float inverse, byte[] into, int intoAt, int step) {
        for (int i = 0; i < count; i++) {
            // Added to so large a number, the fraction is rounded away, and the low bits are the whole number.
            into[intoAt + i * step] = (byte) Float.floatToRawIntBits(floats[at + i] * inverse + 0x1.8p23f);
        }
    }

    private static long groupBytes(int groupColumns) {
        return VECTOR + (long) groupColumns * LANES;
    }

    private long groupBytes() {
        return groupBytes(groupColumns);
    }

    private long stripBytes() {
        return groups * groupBytes();
    }

    private int size() {
        return groups * groupColumns;
    }

    @Override
    public int inputSize(int batch) {
        return Tile.inputSize(size(), batch);
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        int at = Tile.inputAt(size(), b, batch), step = Tile.inputStep(batch);
        if (batch == 1) System.arraycopy(x, xAt, into, 0, columns);
        else for (int c = 0; c < columns; c++) into[at + c * step] = x[xAt + c];
        for (int c = columns; c < size(); c++) into[at + c * step] = 0; // what was there before may be no number
    }

    @Override
    void multiplyTwoStrips(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        StripTile.multiply(strips, tiled, s0, s1, x, batch, y, yAt, yStride, rows, workspace);
    }

    @Override
    void multiplyFourStrips(int s0, int s1, int s2, int s3, float[] x, float[] y, int yAt, MatrixWorkspace workspace) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector y0 = zero, y1 = zero, y2 = zero, y3 = zero;
        for (int g = 0; g < groups; g++) {
            long at0 = s0 * stripBytes() + g * groupBytes(), at1 = s1 * stripBytes() + g * groupBytes();
            long at2 = s2 * stripBytes() + g * groupBytes(), at3 = s3 * stripBytes() + g * groupBytes();
            FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
            for (int c = 0; c < groupColumns; c++) {
                var offset = VECTOR + (long) c * LANES;
                var v = FloatVector.broadcast(FLOATS, x[g * groupColumns + c]);
                a0 = Int8Tile.column(memory, at0 + offset).fma(v, a0);
                a1 = Int8Tile.column(memory, at1 + offset).fma(v, a1);
                a2 = Int8Tile.column(memory, at2 + offset).fma(v, a2);
                a3 = Int8Tile.column(memory, at3 + offset).fma(v, a3);
            }
            y0 = a0.fma(scales(at0), y0);
            y1 = a1.fma(scales(at1), y1);
            y2 = a2.fma(scales(at2), y2);
            y3 = a3.fma(scales(at3), y3);
        }
        Tile.store(y0, y, yAt + s0 * LANES, rows - s0 * LANES);
        Tile.store(y1, y, yAt + s1 * LANES, rows - s1 * LANES);
        Tile.store(y2, y, yAt + s2 * LANES, rows - s2 * LANES);
        Tile.store(y3, y, yAt + s3 * LANES, rows - s3 * LANES);
    }

    private FloatVector scales(long groupAt) {
        return FloatVector.fromMemorySegment(FLOATS, memory, groupAt, LITTLE);
    }

    private final class Strips implements StripTile.Weights {

        @Override
        public void sumPair(int s0, int s1, int group, float[] x, int xAt, int nextAt, float[] sums, int at) {
            var bytesAt = group * groupBytes() + VECTOR;
            Int8Tile.multiplyTwoTiles(memory, s0 * stripBytes() + bytesAt, s1 * stripBytes() + bytesAt, groupColumns, x, xAt, nextAt, sums,
                    at);
        }

        @Override
        public void add(int s0, int s1, int group, int column, int columns, StripTile.Vectors vectors, MatrixWorkspace workspace) {
            var at = group * groupBytes() + VECTOR + (long) column * LANES;
            Int8Tile.multiplyFirstTile(memory, s0 * stripBytes() + at, s1 * stripBytes() + at, columns, workspace.panel, vectors.x(),
                    vectors.at(), workspace.sums);
            StripTile.addWidened(columns, vectors, 1, workspace);
        }

        @Override
        public FloatVector scales(int strip, int group) {
            return Int8Matrix.this.scales(strip * stripBytes() + group * groupBytes());
        }
    }

    @Override
    public void row(int row, float[] into, int at) {
        var stripAt = row / LANES * stripBytes();
        for (int g = 0; g < groups; g++) {
            var groupAt = stripAt + g * groupBytes();
            var scale = memory.get(FLOAT, groupAt + 4L * (row % LANES));
            int from = g * groupColumns, to = Math.min(columns, from + groupColumns);
            var byteAt = groupAt + VECTOR + row % LANES;
            for (int c = from; c < to; c++) into[at + c] = memory.get(BYTE, byteAt + (long) (c - from) * LANES) * scale;
        }
    }
}
