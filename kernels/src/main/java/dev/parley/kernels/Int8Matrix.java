package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Weights in eight bits with a scale for each row, or for each group of columns of a row. Rows lie in strips: as many rows
 * as a vector has lanes, four columns of each in one int lane, so that sums stay in their lanes and a scale is one vector.
 *
 * <p>A byte becomes a float without a conversion: its bits, put below the exponent of 1, are f = 1 + b/256, and with
 * b = w + 128 the product is sum(w x) = 256 sum(f x) - 384 sum(x), where sum(x) is known beforehand.
 */
public final class Int8Matrix implements Matrix {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(Lanes.LITTLE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(Lanes.LITTLE);
    private static final long VECTOR = StripTile.VECTOR;
    private static final int BYTE_BELOW_EXPONENT = 0x7f8000;
    private static final int TURN = 15; // ints lie turned left, so that the first byte is below the exponent and each turn right brings the next
    private static final StripTile.Packing PACKING = new StripTile.Packing(4, 8, BYTE_BELOW_EXPONENT);

    private final MemorySegment memory;
    private final int rows;
    private final int columns;
    private final int groupColumns;
    private final int groups;
    private final int stripsOfPart;

    private Int8Matrix(MemorySegment memory, int rows, int columns, int groupColumns, int groups) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        this.groupColumns = groupColumns;
        this.groups = groups;
        stripsOfPart = RowParts.rowsOfPart(stripBytes(), Math.ceilDiv(rows, Lanes.COUNT));
    }

    /** Quantises rows with one scale each: the largest number of a row becomes 127. */
    public static Int8Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        return pack(source, Lanes.padded(source.columns(), 4), arena, team);
    }

    /** Quantises groups of columns, each with a scale. @param groupColumns a multiple of 4 */
    public static Int8Matrix pack(RowSource source, int groupColumns, Arena arena, ThreadTeam team) {
        var groups = Math.ceilDiv(source.columns(), groupColumns);
        var strips = Math.ceilDiv(source.rows(), Lanes.COUNT);
        var stripBytes = groups * (VECTOR + (long) groupColumns * Lanes.COUNT);
        var memory = NativeMemory.allocate(arena, strips * stripBytes);
        var matrix = new Int8Matrix(memory, source.rows(), source.columns(), groupColumns, groups);
        var stride = groups * groupColumns;
        source.readAll(4 * Lanes.COUNT, stride, team, (first, count, floats) -> {
            for (int row = 0; row < Lanes.padded(count, Lanes.COUNT); row++) {
                matrix.packRow(floats, row * stride, (first + row) / Lanes.COUNT * stripBytes, row % Lanes.COUNT);
            }
        });
        return matrix;
    }

    private void packRow(float[] floats, int at, long stripAt, int lane) {
        for (int g = 0; g < groups; g++) {
            var groupAt = stripAt + g * groupBytes();
            var largest = 0f;
            for (int c = 0; c < groupColumns; c++) largest = Math.max(largest, Math.abs(floats[at + g * groupColumns + c]));
            var scale = largest / 127;
            var inverse = scale == 0 ? 0 : 1 / scale;
            memory.set(FLOAT, groupAt + 4L * lane, scale);
            for (int c = 0; c < groupColumns; c += 4) {
                var bits = 0;
                for (int k = 0; k < 4; k++) {
                    // Added to so large a number, the fraction is rounded away, and the low bits are the whole number.
                    var rounded = Float.floatToRawIntBits(floats[at + g * groupColumns + c + k] * inverse + 0x1.8p23f) - Float.floatToRawIntBits(0x1.8p23f);
                    bits |= rounded + 128 << 8 * k;
                }
                memory.set(INT, groupAt + VECTOR * (1 + c / 4) + 4L * lane, Integer.rotateLeft(bits, TURN));
            }
        }
    }

    private long groupBytes() {
        return VECTOR + (long) groupColumns * Lanes.COUNT;
    }

    private long stripBytes() {
        return groups * groupBytes();
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    /** The numbers, then the sum of each group. */
    private int size() {
        return groups * (groupColumns + 1);
    }

    @Override
    public int inputSize(int batch) {
        return StripTile.inputSize(size(), batch);
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        int at = StripTile.inputAt(size(), b, batch), step = StripTile.inputStep(batch);
        if (batch == 1) System.arraycopy(x, xAt, into, 0, columns);
        else for (int c = 0; c < columns; c++) into[at + c * step] = x[xAt + c];
        for (int c = columns; c < groups * groupColumns; c++) into[at + c * step] = 0; // a quantised 0 is no float of 0
        Sums.ofGroups(x, xAt, columns, groupColumns, into, at + groups * groupColumns * step, step);
    }

    @Override
    public int parts() {
        return Math.ceilDiv(Math.ceilDiv(rows, Lanes.COUNT), stripsOfPart);
    }

    @Override
    public int firstRow(int part) {
        return Math.min(rows, part * stripsOfPart * Lanes.COUNT);
    }

    @Override
    public void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, float[] scratch) {
        int from = part * stripsOfPart, to = Math.min(from + stripsOfPart, Math.ceilDiv(rows, Lanes.COUNT));
        var quarter = Math.ceilDiv(to - from, RowParts.STREAMS);
        for (int s = from; s < from + quarter; s++) {
            if (batch == 1) {
                four(s, Math.min(s + quarter, to - 1), Math.min(s + 2 * quarter, to - 1), Math.min(s + 3 * quarter, to - 1), x, y, yAt);
            } else {
                for (int strip = s; strip < to; strip += 2 * quarter) {
                    many(strip, strip + quarter < to ? strip + quarter : strip, x, batch, y, yAt, yStride);
                }
            }
        }
    }

    private void four(int s0, int s1, int s2, int s3, float[] x, float[] y, int yAt) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector y0 = zero, y1 = zero, y2 = zero, y3 = zero;
        var mask = IntVector.broadcast(Lanes.INTS, BYTE_BELOW_EXPONENT);
        var one = IntVector.broadcast(Lanes.INTS, StripTile.ONE);
        for (int g = 0; g < groups; g++) {
            long at0 = s0 * stripBytes() + g * groupBytes(), at1 = s1 * stripBytes() + g * groupBytes();
            long at2 = s2 * stripBytes() + g * groupBytes(), at3 = s3 * stripBytes() + g * groupBytes();
            FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
            var xAt = g * groupColumns;
            for (int c = 0; c < groupColumns; c += 4) {
                var offset = VECTOR + (long) c * Lanes.COUNT;
                var b0 = IntVector.fromMemorySegment(Lanes.INTS, memory, at0 + offset, Lanes.LITTLE);
                var b1 = IntVector.fromMemorySegment(Lanes.INTS, memory, at1 + offset, Lanes.LITTLE);
                var b2 = IntVector.fromMemorySegment(Lanes.INTS, memory, at2 + offset, Lanes.LITTLE);
                var b3 = IntVector.fromMemorySegment(Lanes.INTS, memory, at3 + offset, Lanes.LITTLE);
                for (int k = 0; k < 4; k++) {
                    var v = FloatVector.broadcast(Lanes.FLOATS, x[xAt + c + k]);
                    a0 = b0.and(mask).or(one).reinterpretAsFloats().fma(v, a0);
                    a1 = b1.and(mask).or(one).reinterpretAsFloats().fma(v, a1);
                    a2 = b2.and(mask).or(one).reinterpretAsFloats().fma(v, a2);
                    a3 = b3.and(mask).or(one).reinterpretAsFloats().fma(v, a3);
                    b0 = b0.lanewise(VectorOperators.ROR, 8);
                    b1 = b1.lanewise(VectorOperators.ROR, 8);
                    b2 = b2.lanewise(VectorOperators.ROR, 8);
                    b3 = b3.lanewise(VectorOperators.ROR, 8);
                }
            }
            var shift = FloatVector.broadcast(Lanes.FLOATS, -384 * x[groups * groupColumns + g]);
            var stretch = FloatVector.broadcast(Lanes.FLOATS, 256f);
            y0 = a0.fma(stretch, shift).fma(scales(at0), y0);
            y1 = a1.fma(stretch, shift).fma(scales(at1), y1);
            y2 = a2.fma(stretch, shift).fma(scales(at2), y2);
            y3 = a3.fma(stretch, shift).fma(scales(at3), y3);
        }
        StripTile.store(y0, y, yAt + s0 * Lanes.COUNT, rows - s0 * Lanes.COUNT);
        StripTile.store(y1, y, yAt + s1 * Lanes.COUNT, rows - s1 * Lanes.COUNT);
        StripTile.store(y2, y, yAt + s2 * Lanes.COUNT, rows - s2 * Lanes.COUNT);
        StripTile.store(y3, y, yAt + s3 * Lanes.COUNT, rows - s3 * Lanes.COUNT);
    }

    private FloatVector scales(long groupAt) {
        return FloatVector.fromMemorySegment(Lanes.FLOATS, memory, groupAt, Lanes.LITTLE);
    }

    private void many(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride) {
        float[] sums = new float[StripTile.SUMS], results = new float[StripTile.SUMS];
        for (int b = 0; b < batch; b += StripTile.MOST_VECTORS) {
            var count = Math.min(StripTile.MOST_VECTORS, batch - b);
            var xAt = StripTile.inputAt(size(), b, batch);
            Arrays.fill(results, 0);
            for (int g = 0; g < groups; g++) {
                long at0 = s0 * stripBytes() + g * groupBytes(), at1 = s1 * stripBytes() + g * groupBytes();
                StripTile.group(memory, at0 + VECTOR, at1 + VECTOR, groupColumns, PACKING, x, xAt + g * groupColumns * StripTile.MOST_VECTORS, count, sums);
                StripTile.addScaled(sums, results, count, x, xAt + (groups * groupColumns + g) * StripTile.MOST_VECTORS, scales(at0), scales(at1), 256, -384);
            }
            StripTile.store(results, b, count, y, yAt, yStride, s0 * Lanes.COUNT, s1 * Lanes.COUNT, rows);
        }
    }

    @Override
    public int scratchSize() {
        return 0;
    }

    @Override
    public void row(int row, float[] into, int at) {
        var laneAt = row / Lanes.COUNT * stripBytes() + 4L * (row % Lanes.COUNT);
        for (int g = 0; g < groups; g++) {
            var scale = memory.get(FLOAT, laneAt + g * groupBytes());
            int from = g * groupColumns, to = Math.min(columns, from + groupColumns);
            for (int c = from; c < to; c += 4) {
                var bits = Integer.rotateRight(memory.get(INT, laneAt + g * groupBytes() + VECTOR * (1 + (c - from) / 4)), TURN);
                for (int k = 0; k < Math.min(4, to - c); k++) into[at + c + k] = ((bits >>> 8 * k & 0xff) - 128) * scale;
            }
        }
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }
}
