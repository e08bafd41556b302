package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Weights in four bits, each 32 columns of a row with a scale in bfloat16: 4.5 bits a weight. Rows lie in strips as in
 * {@link Int8Matrix}, eight columns of a row in one int lane; two groups share a block, so that a load has both scales.
 *
 * <p>Four bits below the exponent of 1 are f = 1 + n/16, and with n = w + 8, sum(w x) = 16 sum(f x) - 24 sum(x).
 */
public final class Int4Matrix extends StripMatrix {

    /** Columns that share a scale. */
    public static final int GROUP = 32;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final int BLOCK = 2 * GROUP;
    private static final long VECTOR = Tile.VECTOR;
    private static final long BLOCK_BYTES = VECTOR * (1 + BLOCK / 8);

    private final int blocks;
    private final Strips strips = new Strips();
    private final StripTile.Groups tiled;

    private Int4Matrix(MemorySegment memory, int rows, int columns, int blocks) {
        super(memory, rows, columns, blocks * BLOCK_BYTES);
        this.blocks = blocks;
        tiled = new StripTile.Groups(2 * blocks, GROUP, size(), 16, -24);
    }

    /**
     * Quantises rows: of several scales that put a group's largest number near -8 or 7, the one with the least squared error.
     *
     * @throws ArithmeticException if a number is not finite
     */
    public static Int4Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        var blocks = Math.ceilDiv(source.columns(), BLOCK);
        var strips = Math.ceilDiv(source.rows(), LANES);
        var memory = NativeMemory.allocate(arena, (long) strips * blocks * BLOCK_BYTES);
        var matrix = new Int4Matrix(memory, source.rows(), source.columns(), blocks);
        var stride = blocks * BLOCK;
        source.readAll(4 * LANES, stride, team, (first, count, floats) -> {
            for (int row = 0; row < VectorShape.roundUp(count, LANES); row++) {
                var strip = (first + row) / LANES;
                for (int b = 0; b < blocks; b++)
                    matrix.packBlock(floats, row * stride + b * BLOCK, (strip * (long) blocks + b) * BLOCK_BYTES, row % LANES);
            }
        });
        return matrix;
    }

    private void packBlock(float[] w, int at, long blockAt, int lane) {
        for (int g = 0; g < 2; g++) {
            var scale = Int4Rounding.scale(w, at + g * GROUP, GROUP);
            memory.set(SHORT, blockAt + 4L * lane + 2L * g, BFloat16Bits.of(scale));
            var inverse = scale == 0 ? 0 : 1 / scale;
            for (int c = g * GROUP; c < (g + 1) * GROUP; c += 8) {
                var bits = 0;
                for (int k = 0; k < 8; k++) bits |= Int4Rounding.round(w[at + c + k] * inverse) + 8 << 4 * k;
                memory.set(INT, blockAt + VECTOR * (1 + c / 8) + 4L * lane, Integer.rotateLeft(bits, Int4Tile.ROTATION));
            }
        }
    }

    private long stripBytes() {
        return blocks * BLOCK_BYTES;
    }

    /** The numbers, then the sum of each group. */
    private int size() {
        return blocks * (BLOCK + 2);
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
        for (int c = columns; c < blocks * BLOCK; c++) into[at + c * step] = 0; // a quantised 0 is no float of 0
        GroupSums.of(x, xAt, columns, GROUP, into, at + blocks * BLOCK * step, step);
        if (columns <= blocks * BLOCK - GROUP) into[at + (size() - 1) * step] = 0; // of a last group without columns
    }

    @Override
    void multiplyTwoStrips(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        StripTile.multiply(strips, tiled, s0, s1, x, batch, y, yAt, yStride, rows, workspace);
    }

    @Override
    void multiplyFourStrips(int s0, int s1, int s2, int s3, float[] x, float[] y, int yAt, MatrixWorkspace workspace) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector y0 = zero, y1 = zero, y2 = zero, y3 = zero;
        var stretch = FloatVector.broadcast(FLOATS, 16f);
        var mask = IntVector.broadcast(INTS, Int4Tile.MASK);
        var one = IntVector.broadcast(INTS, Int4Tile.ONE);
        for (int b = 0; b < blocks; b++) {
            long at0 = s0 * stripBytes() + b * BLOCK_BYTES, at1 = s1 * stripBytes() + b * BLOCK_BYTES;
            long at2 = s2 * stripBytes() + b * BLOCK_BYTES, at3 = s3 * stripBytes() + b * BLOCK_BYTES;
            for (int g = 0; g < 2; g++) {
                FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
                for (int c = g * GROUP; c < (g + 1) * GROUP; c += 8) {
                    var offset = VECTOR + VECTOR * (c / 8);
                    var xAt = b * BLOCK + c;
                    var n0 = IntVector.fromMemorySegment(INTS, memory, at0 + offset, LITTLE);
                    var n1 = IntVector.fromMemorySegment(INTS, memory, at1 + offset, LITTLE);
                    var n2 = IntVector.fromMemorySegment(INTS, memory, at2 + offset, LITTLE);
                    var n3 = IntVector.fromMemorySegment(INTS, memory, at3 + offset, LITTLE);
                    for (int k = 0; k < 8; k++) {
                        var v = FloatVector.broadcast(FLOATS, x[xAt + k]);
                        a0 = n0.and(mask).or(one).reinterpretAsFloats().fma(v, a0);
                        a1 = n1.and(mask).or(one).reinterpretAsFloats().fma(v, a1);
                        a2 = n2.and(mask).or(one).reinterpretAsFloats().fma(v, a2);
                        a3 = n3.and(mask).or(one).reinterpretAsFloats().fma(v, a3);
                        n0 = n0.lanewise(VectorOperators.ROR, 4);
                        n1 = n1.lanewise(VectorOperators.ROR, 4);
                        n2 = n2.lanewise(VectorOperators.ROR, 4);
                        n3 = n3.lanewise(VectorOperators.ROR, 4);
                    }
                }
                var shift = FloatVector.broadcast(FLOATS, -24 * x[blocks * BLOCK + 2 * b + g]);
                y0 = a0.fma(stretch, shift).fma(scales(at0, g), y0);
                y1 = a1.fma(stretch, shift).fma(scales(at1, g), y1);
                y2 = a2.fma(stretch, shift).fma(scales(at2, g), y2);
                y3 = a3.fma(stretch, shift).fma(scales(at3, g), y3);
            }
        }
        Tile.store(y0, y, yAt + s0 * LANES, rows - s0 * LANES);
        Tile.store(y1, y, yAt + s1 * LANES, rows - s1 * LANES);
        Tile.store(y2, y, yAt + s2 * LANES, rows - s2 * LANES);
        Tile.store(y3, y, yAt + s3 * LANES, rows - s3 * LANES);
    }

    private FloatVector scales(long blockAt, int group) {
        var pairs = IntVector.fromMemorySegment(INTS, memory, blockAt, LITTLE);
        return group == 0 ? BFloat16Bits.lower(pairs) : BFloat16Bits.upper(pairs);
    }

    private final class Strips implements StripTile.Weights {

        @Override
        public void sumPair(int s0, int s1, int group, float[] x, int xAt, int nextAt, float[] sums, int at) {
            Int4Tile.multiplyTwoTiles(memory, groupAt(s0, group), groupAt(s1, group), GROUP, x, xAt, nextAt, sums, at);
        }

        @Override
        public void add(int s0, int s1, int group, int column, int columns, StripTile.Vectors vectors, MatrixWorkspace workspace) {
            var at = VECTOR * column / Int4Tile.PER_INT;
            Int4Tile.widen(memory, groupAt(s0, group) + at, columns, workspace.panel, 0);
            Int4Tile.widen(memory, groupAt(s1, group) + at, columns, workspace.panel, VECTOR);
            StripTile.addWidened(columns, vectors, 0, workspace);
        }

        /** Where a group's numbers begin. */
        private long groupAt(int strip, int group) {
            return strip * stripBytes() + group / 2 * BLOCK_BYTES + VECTOR * (1 + group % 2 * GROUP / Int4Tile.PER_INT);
        }

        @Override
        public FloatVector scales(int strip, int group) {
            return Int4Matrix.this.scales(strip * stripBytes() + group / 2 * BLOCK_BYTES, group % 2);
        }
    }

    @Override
    public void row(int row, float[] into, int at) {
        var laneAt = row / LANES * stripBytes() + 4L * (row % LANES);
        for (int c = 0; c < columns; c += 8) {
            var blockAt = laneAt + c / BLOCK * BLOCK_BYTES;
            var scale = BFloat16Bits.toFloat(memory.get(SHORT, blockAt + 2L * (c % BLOCK / GROUP)));
            var bits = Integer.rotateRight(memory.get(INT, blockAt + VECTOR * (1 + c % BLOCK / 8)), Int4Tile.ROTATION);
            for (int k = 0; k < Math.min(8, columns - c); k++) into[at + c + k] = ((bits >>> 4 * k & 15) - 8) * scale;
        }
    }
}
