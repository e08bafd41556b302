package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Weights with the numbers of a GGUF file's blocks, each as it is there: only their order is another. Rows lie in strips; of each strip the
 * scales of all groups come first, then the columns.
 *
 * <p>Some columns at a time are widened to a panel that stays in the nearest cache, and multiplied with one vector or with all.
 */
public final class BlockMatrix extends StripMatrix {

    private static final int SPAN = 256; // columns whose scales are read at a time

    private final BlockFormat format;
    private final RowSource widened;
    private final long scalesBytes; // of a strip
    private final long stripBytes;

    private BlockMatrix(MemorySegment memory, BlockFormat format, RowSource widened) {
        super(memory, widened.rows(), widened.columns(), stripBytes(format, widened.columns()));
        this.format = format;
        this.widened = widened;
        scalesBytes = scalesBytes(format, columns);
        stripBytes = stripBytes(format, columns);
    }

    private static long scalesBytes(BlockFormat format, int columns) {
        return Math.ceilDiv(columns / format.columns() * format.scales().bytes(), Tile.VECTOR) * Tile.VECTOR;
    }

    private static long stripBytes(BlockFormat format, int columns) {
        return scalesBytes(format, columns) + format.codes().bytes(columns);
    }

    /** Bytes of a matrix of this size. */
    public static long bytes(BlockFormat format, int rows, int columns) {
        return Math.ceilDiv(rows, LANES) * stripBytes(format, columns);
    }

    /** Whether this machine's registers can multiply such strips. */
    public static boolean isSupported() {
        return LANES == 8 || LANES == 16;
    }

    /**
     * Lays a file's blocks out in strips.
     *
     * @param blocks the file's rows
     * @param rowInFile where the file has the matrix's n-th row
     * @param widened the same rows as float32, for those that are looked up
     * @throws ArithmeticException if a scale is not finite
     */
    public static BlockMatrix pack(BlockFormat format, MemorySegment blocks, IntUnaryOperator rowInFile, RowSource widened, Arena arena,
            ThreadTeam team) {
        int rows = widened.rows(), columns = widened.columns(), inRow = columns / format.columns();
        if (columns % format.columns() != 0 || blocks.byteSize() != (long) rows * inRow * format.bytes()) {
            throw new IllegalArgumentException("Memory of " + blocks.byteSize() + " bytes is no matrix of " + rows + " x " + columns + ".");
        }
        var strips = Math.ceilDiv(rows, LANES);
        var matrix = new BlockMatrix(NativeMemory.allocate(arena, bytes(format, rows, columns)), format, widened);
        team.run(member -> {
            var block = new UnpackedBlock();
            team.share(strips, strip -> {
                for (int b = 0; b < inRow; b++) {
                    for (int lane = 0; lane < Math.min(LANES, rows - strip * LANES); lane++) {
                        block.read(format, blocks, ((long) rowInFile.applyAsInt(strip * LANES + lane) * inRow + b) * format.bytes());
                        matrix.pack(block, strip, b, lane);
                    }
                }
            });
        });
        return matrix;
    }

    private void pack(UnpackedBlock block, int strip, int number, int lane) {
        format.scales().pack(block, memory, strip * stripBytes + number * format.scales().bytes(), lane);
        format.codes().pack(block.numbers, format.columns(), memory, columnAt(strip, number * format.columns()) + 4L * lane);
    }

    /** Where a strip's columns lie from one on, the first of a group. */
    private long columnAt(int strip, int column) {
        return strip * stripBytes + scalesBytes + format.codes().bytes(column);
    }

    /** Equal for formats whose numbers are packed alike, which have groups of one size. */
    @Override
    public Object inputForm() {
        return format.codes() instanceof CodedNumbers ? CodedNumbers.class : format.codes();
    }

    /** The numbers, then the sum of each group. */
    private int size() {
        return columns + columns / format.group();
    }

    @Override
    public int inputSize(int batch) {
        return Tile.inputSize(size(), batch);
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        int at = Tile.inputAt(size(), b, batch), step = Tile.inputStep(batch);
        var factors = format.codes().factors;
        for (int c = 0; c < columns; c += 32)
            for (int k = 0; k < 32; k++) into[at + (c + k) * step] = x[xAt + c + k] * factors[k];
        GroupSums.of(x, xAt, columns, format.group(), into, at + columns * step, step);
    }

    /** Floats of the scales of so many columns. */
    private int scalesOf(int columns) {
        return columns / format.group() * 2 * LANES;
    }

    private void readScales(int strip, int column, int count, float[] into, int at) {
        format.scales().read(memory, strip * stripBytes + column / format.columns() * format.scales().bytes(), count / format.group(),
                format.least(), into, at);
    }

    private void widen(int strip, int column, int count, MatrixWorkspace workspace, long at) {
        format.codes().widen(memory, columnAt(strip, column), count, workspace.panel, at);
    }

    @Override
    void multiplyFourStrips(int s0, int s1, int s2, int s3, float[] x, float[] y, int yAt, MatrixWorkspace workspace) {
        float[] sums = workspace.sums, scales = workspace.rows;
        var stride = scalesOf(SPAN);
        Arrays.fill(sums, 0, 4 * LANES, 0);
        for (int span = 0; span < columns; span += SPAN) {
            var count = Math.min(SPAN, columns - span);
            readScales(s0, span, count, scales, 0);
            readScales(s1, span, count, scales, stride);
            readScales(s2, span, count, scales, 2 * stride);
            readScales(s3, span, count, scales, 3 * stride);
            format.codes().addOne(memory, columnAt(s0, span), columnAt(s1, span), columnAt(s2, span), columnAt(s3, span), count, scales,
                    stride, x, span, columns + span / format.group(), sums);
        }
        Tile.store(Tile.sum(sums, 0, 0), y, yAt + s0 * LANES, rows - s0 * LANES);
        Tile.store(Tile.sum(sums, 0, 1), y, yAt + s1 * LANES, rows - s1 * LANES);
        Tile.store(Tile.sum(sums, 0, 2), y, yAt + s2 * LANES, rows - s2 * LANES);
        Tile.store(Tile.sum(sums, 0, 3), y, yAt + s3 * LANES, rows - s3 * LANES);
    }

    @Override
    void multiplyTwoStrips(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        float[] sums = workspace.sums, scales = workspace.rows;
        int tiles = Math.ceilDiv(batch, Tile.VECTORS), stride = scalesOf(SPAN);
        Arrays.fill(sums, 0, tiles * Tile.SUMS, 0);
        for (int span = 0; span < columns; span += SPAN) {
            var count = Math.min(SPAN, columns - span);
            readScales(s0, span, count, scales, 0);
            readScales(s1, span, count, scales, stride);
            widen(s0, span, count, workspace, 0);
            widen(s1, span, count, workspace, Tile.VECTOR);
            for (int t = 0; t < tiles; t++) {
                GroupTile.addFour(workspace.panel, count, format.group(), scales, 0, stride, x, Tile.VECTORS * (t * size() + span),
                        Tile.VECTORS * (t * size() + columns + span / format.group()), sums, t * Tile.SUMS);
            }
        }
        for (int t = 0; t < tiles; t++) {
            var first = t * Tile.VECTORS;
            Tile.store(sums, t * Tile.SUMS, batch - first, y, yAt + first * yStride, yStride, s0 * LANES, s1 * LANES, rows);
        }
    }

    @Override
    public int rowsSize() {
        return Partition.STREAMS * scalesOf(SPAN);
    }

    @Override
    public void row(int row, float[] into, int at) {
        var floats = new float[VectorShape.roundUp(columns, LANES)];
        widened.read(row, 1, floats, floats.length);
        System.arraycopy(floats, 0, into, at, columns);
    }
}
