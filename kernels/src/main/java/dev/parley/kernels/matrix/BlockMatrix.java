package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Weights with the numbers of a GGUF file's blocks, each as it is there: only their order is another. Rows lie in strips, and
 * strips in spans of 256 columns, whose scales come first.
 *
 * <p>Some columns at a time are widened to a panel that stays in the nearest cache, and multiplied with one vector or with all.
 */
public final class BlockMatrix extends StripMatrix {

    private static final int SPAN = 256; // columns whose scales are read at a time
    private static final int PANEL = 128; // columns that are widened at a time for several vectors

    /** Floats of the sums of all groups of a span of four strips. */
    static final int SUMS = SPAN / 16 * 4 * LANES;

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

    private final BlockFormat format;
    private final RowSource widened;
    private final long stripBytes;

    private BlockMatrix(MemorySegment memory, BlockFormat format, RowSource widened) {
        super(memory, widened.rows(), widened.columns(), stripBytes(format, widened.columns()));
        this.format = format;
        this.widened = widened;
        stripBytes = stripBytes(format, columns);
    }

    /** Bytes of the scales of so many columns of a span. */
    private static long scalesBytes(BlockFormat format, int columns) {
        return Math.ceilDiv(columns / format.columns() * format.scales().size(), Tile.VECTOR) * Tile.VECTOR;
    }

    private static long stripBytes(BlockFormat format, int columns) {
        int whole = columns / SPAN, rest = columns % SPAN;
        return whole * spanBytes(format, SPAN) + (rest > 0 ? spanBytes(format, rest) : 0);
    }

    private static long spanBytes(BlockFormat format, int columns) {
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
            var packed = new PackedBlock(format);
            team.share(strips, strip -> {
                for (int b = 0; b < inRow; b++) {
                    for (int lane = 0; lane < Math.min(LANES, rows - strip * LANES); lane++)
                        packed.read(blocks, ((long) rowInFile.applyAsInt(strip * LANES + lane) * inRow + b) * format.bytes(), lane);
                    packed.write(matrix.memory, matrix.scalesAt(strip, b * format.columns()), matrix.columnAt(strip, b * format.columns()));
                }
            });
        });
        return matrix;
    }

    /** A block of each row of a strip, until all are read. */
    private static final class PackedBlock {

        private final BlockFormat format;
        private final UnpackedBlock block = new UnpackedBlock();
        private final float[] floats;
        private final byte[] bytes;
        private final byte[] numbers;

        PackedBlock(BlockFormat format) {
            this.format = format;
            floats = new float[format.scales().floats() * LANES];
            bytes = new byte[format.scales().bytes() * LANES];
            numbers = new byte[(int) format.codes().bytes(format.columns())];
        }

        void read(MemorySegment file, long at, int lane) {
            block.read(format, file, at);
            if (floats.length > 0) floats[lane] = block.scale;
            if (floats.length > LANES) floats[LANES + lane] = block.minimum;
            for (int i = lane, k = 0; i < bytes.length; i += LANES, k++) bytes[i] = block.bytes[k];
            format.codes().pack(block.numbers, format.columns(), numbers, lane);
        }

        void write(MemorySegment into, long scalesAt, long numbersAt) {
            MemorySegment.copy(floats, 0, into, F32, scalesAt, floats.length);
            MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, scalesAt + 4L * floats.length, bytes.length);
            MemorySegment.copy(numbers, 0, into, ValueLayout.JAVA_BYTE, numbersAt, numbers.length);
        }
    }

    /** Where a span of a strip lies. */
    private long spanAt(int strip, int column) {
        return strip * stripBytes + column / SPAN * spanBytes(format, SPAN);
    }

    /** Where the scales of a block of a strip lie. */
    private long scalesAt(int strip, int column) {
        return spanAt(strip, column) + column % SPAN / format.columns() * format.scales().size();
    }

    /** Where a strip's columns lie from one on, the first of a unit. */
    private long columnAt(int strip, int column) {
        var inSpan = Math.min(SPAN, columns - column / SPAN * SPAN);
        return spanAt(strip, column) + scalesBytes(format, inSpan) + format.codes().bytes(column % SPAN);
    }

    /** Equal for formats whose numbers are packed alike, which have groups of one size. */
    @Override
    public Object inputForm() {
        return format.codes().form();
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
        format.scales().read(memory, scalesAt(strip, column), count / format.group(), format.least(), into, at);
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
            format.codes().sumFour(memory, columnAt(s0, span), columnAt(s1, span), columnAt(s2, span), columnAt(s3, span), count, x, span,
                    workspace.results);
            GroupTile.addOne(workspace.results, count / format.group(), scales, stride, x, columns + span / format.group(), sums);
        }
        Tile.store(Tile.sum(sums, 0, 0), y, yAt + s0 * LANES, rows - s0 * LANES);
        Tile.store(Tile.sum(sums, 0, 1), y, yAt + s1 * LANES, rows - s1 * LANES);
        Tile.store(Tile.sum(sums, 0, 2), y, yAt + s2 * LANES, rows - s2 * LANES);
        Tile.store(Tile.sum(sums, 0, 3), y, yAt + s3 * LANES, rows - s3 * LANES);
    }

    @Override
    void multiplyTwoStrips(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        var scales = workspace.rows;
        int tiles = Math.ceilDiv(batch, Tile.VECTORS), stride = scalesOf(SPAN);
        workspace.results.asSlice(0, 4L * tiles * Tile.SUMS).fill((byte) 0);
        for (int span = 0; span < columns; span += SPAN) {
            var count = Math.min(SPAN, columns - span);
            readScales(s0, span, count, scales, 0);
            readScales(s1, span, count, scales, stride);
            for (int c = 0; c < count; c += PANEL) {
                var inPanel = Math.min(PANEL, count - c);
                widen(s0, span + c, inPanel, workspace, 0);
                widen(s1, span + c, inPanel, workspace, Tile.VECTOR);
                multiplyPanel(span + c, inPanel, scalesOf(c), x, tiles, workspace);
            }
        }
        MemorySegment.copy(workspace.results, ValueLayout.JAVA_FLOAT, 0, workspace.sums, 0, tiles * Tile.SUMS);
        for (int t = 0; t < tiles; t++) {
            var first = t * Tile.VECTORS;
            Tile.store(workspace.sums, t * Tile.SUMS, batch - first, y, yAt + first * yStride, yStride, s0 * LANES, s1 * LANES, rows);
        }
    }

    /**
     * Adds the products of all vectors with columns of two strips, which lie widened in the panel.
     *
     * @param scalesAt where the scales of the first column's group are
     */
    private void multiplyPanel(int column, int count, int scalesAt, float[] x, int tiles, MatrixWorkspace workspace) {
        int group = format.group(), next = scalesAt + scalesOf(SPAN), size = Tile.VECTORS * size();
        int xAt = Tile.VECTORS * column, sumAt = Tile.VECTORS * (columns + column / group);
        for (int t = 0; t < tiles; t += 2, xAt += 2 * size, sumAt += 2 * size) {
            var second = t + 1 < tiles ? size : 0;
            for (int g = 0, c = 0; c < count; g++, c += group) {
                int scales = scalesAt + 2 * LANES * g, scalesNext = next + 2 * LANES * g;
                int xs = xAt + Tile.VECTORS * c, sums = sumAt + Tile.VECTORS * g;
                if (LANES == 16 && second > 0) {
                    GroupTile.addEight(workspace.panel, 2 * Tile.VECTOR * c, group, workspace.rows, scales, scalesNext, x, xs, xs + size,
                            sums, sums + size, workspace.results, 4L * t * Tile.SUMS, 4L * (t + 1) * Tile.SUMS);
                } else {
                    for (int k = 0; k <= second; k += size)
                        GroupTile.addFour(workspace.panel, 2 * Tile.VECTOR * c, group, workspace.rows, scales, scalesNext, x, xs + k,
                                sums + k,
                                workspace.results, 4L * (t + k / size) * Tile.SUMS);
                }
            }
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
