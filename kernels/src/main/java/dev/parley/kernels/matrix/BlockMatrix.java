package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Weights in the blocks of a GGUF file, row by row where the file is mapped: nothing is copied, and nothing rounded. A
 * {@link BlockFormat} knows what a block holds. Sums are those of the widened numbers, up to rounding in float32.
 */
public final class BlockMatrix implements Matrix {

    /** Bytes of a row that are read before the next of the four rows: enough for the processor to see that all four are streams. */
    private static final int SPAN = 2304;

    private final BlockFormat format;
    private final MemorySegment memory;
    private final int rows;
    private final int columns;
    private final int[] rowInMemory; // empty where the rows are in order
    private final RowSource widened;
    private final long rowBytes;
    private final int rowsPerPart;

    private BlockMatrix(BlockFormat format, MemorySegment memory, int[] rowInMemory, RowSource widened) {
        this.format = format;
        this.memory = memory;
        this.rowInMemory = rowInMemory;
        this.widened = widened;
        rows = widened.rows();
        columns = widened.columns();
        rowBytes = (long) columns / format.columns() * format.bytes();
        rowsPerPart = Partition.rowsPerPart(rowBytes, rows);
    }

    /** Whether this machine's registers can multiply blocks where they lie. */
    public static boolean isSupported() {
        return LANES == 8 || LANES == 16;
    }

    /**
     * The matrix over memory that holds its rows in blocks.
     *
     * @param rowInMemory where the file has the matrix's n-th row
     * @param inOrder whether that is n always
     * @param widened the same rows as float32, for those that are looked up
     */
    public static BlockMatrix view(BlockFormat format, MemorySegment memory, IntUnaryOperator rowInMemory, boolean inOrder,
            RowSource widened) {
        int rows = widened.rows(), columns = widened.columns();
        if (columns % format.columns() != 0 || memory.byteSize() != (long) rows * columns / format.columns() * format.bytes()) {
            throw new IllegalArgumentException("Memory of " + memory.byteSize() + " bytes is no matrix of " + rows + " x " + columns + ".");
        }
        var places = new int[inOrder ? 0 : rows];
        Arrays.setAll(places, rowInMemory);
        return new BlockMatrix(format, memory, places, widened);
    }

    private long at(int row) {
        return rowBytes * (rowInMemory.length == 0 ? row : rowInMemory[row]);
    }

    private int blocks() {
        return columns / format.columns();
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public Object inputForm() {
        return format.inputForm();
    }

    @Override
    public int inputSize(int batch) {
        return batch * blocks() * format.inputSize();
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        var at = b * blocks() * format.inputSize();
        for (int block = 0; block < blocks(); block++) {
            format.kernel().arrange(x, xAt + block * format.columns(), into, at + block * format.inputSize());
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
        int from = firstRow(part), to = firstRow(part + 1), quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        for (int r = from; r < from + quarter; r++) multiplyFourRows(r, quarter, to, x, batch, y, yAt, yStride, workspace);
    }

    private void multiplyFourRows(int row, int quarter, int to, float[] x, int batch, float[] y, int yAt, int yStride,
            MatrixWorkspace workspace) {
        float[] sums = workspace.sums, scales = workspace.rows;
        var inputs = blocks() * format.inputSize();
        for (int b = 0; b < batch; b++) Arrays.fill(sums, sumsAt(b), sumsAt(b) + Partition.STREAMS * LANES, 0);
        for (int block = 0; block < blocks(); block += span()) {
            var some = Math.min(span(), blocks() - block);
            for (int k = 0; k < Partition.STREAMS; k++) {
                var r = row + k * quarter;
                if (r >= to) break;
                var at = at(r) + (long) block * format.bytes();
                format.kernel().readScales(memory, at, some, scales, 0);
                for (int b = 0; b < batch; b++) {
                    format.kernel().add(memory, at, some, scales, 0, x, b * inputs + block * format.inputSize(), sums,
                            sumsAt(b) + k * LANES);
                }
            }
        }
        for (int k = 0; k < Partition.STREAMS; k++) {
            var r = row + k * quarter;
            if (r >= to) break;
            for (int b = 0; b < batch; b++)
                y[yAt + b * yStride + r] = VectorShape.sumLanes(BlockKernel.floats(sums, sumsAt(b) + k * LANES));
        }
    }

    private static int sumsAt(int b) {
        return b * Partition.STREAMS * LANES;
    }

    private int span() {
        return Math.max(1, SPAN / format.bytes());
    }

    @Override
    public int rowsSize() {
        return span() * format.kernel().scalesSize();
    }

    @Override
    public int panelSize() {
        return 0;
    }

    @Override
    public void row(int row, float[] into, int at) {
        var floats = new float[columns];
        widened.read(row, 1, floats, columns);
        System.arraycopy(floats, 0, into, at, columns);
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
