package dev.parley.kernels.matrix;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.BFloat16Bits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights of a linear layer in native memory, one row for each output, and their product with one or a few vectors. A
 * vector is first arranged as the kernel reads it, once for all matrices of the same kind and width. The product is done
 * in parts of some rows each, which threads share; every weight is read from memory once, however many vectors there are.
 */
public sealed interface Matrix permits RowMajorMatrix, StripMatrix, RowTable {

    /** Outputs. */
    int rows();

    /** Inputs. */
    int columns();

    /** Equal for matrices of the same width that read vectors in the same arrangement. */
    default Object inputForm() {
        return getClass();
    }

    /** Floats that so many arranged vectors take. */
    int inputSize(int batch);

    /** Vectors whose numbers may lie side by side when they are arranged: one thread should arrange all of them. */
    int SIDE_BY_SIDE = Tile.VECTORS;

    /**
     * Arranges the b-th of {@code batch} vectors, {@link #columns()} numbers at {@code x[xAt]}, as {@link #multiply} reads it.
     *
     * @param into {@link #inputSize(int)} floats
     */
    void arrange(float[] x, int xAt, float[] into, int b, int batch);

    /** In how many parts the product is done. */
    int parts();

    /**
     * Does a part of the product: y[b][r] = sum over c of w[r][c] · x[b][c], for the part's rows r.
     *
     * @param x {@code batch} arranged vectors
     * @param y receives the results: vector b's row r at {@code yAt + b * yStride + r}; {@code yAt} may be below 0
     * @param workspace of one thread, with room for {@link #panelSize()} and {@link #rowsSize()}
     */
    void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace);

    /** Floats of widened weights that a product with several vectors keeps. */
    int panelSize();

    /** Floats of rows that a product with a few vectors keeps. */
    default int rowsSize() {
        return 0;
    }

    /** One row, widened. */
    void row(int row, float[] into, int at);

    /**
     * Widens all rows into memory, one after the other: for others than these kernels.
     *
     * @param wide to float32 rather than bfloat16
     */
    default void widenAll(MemorySegment into, boolean wide, ThreadTeam team) {
        team.each(Math.ceilDiv(rows(), 16), block -> {
            var floats = new float[columns()];
            for (int r = 16 * block; r < Math.min(rows(), 16 * (block + 1)); r++) {
                row(r, floats, 0);
                if (wide) MemorySegment.copy(floats, 0, into, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * r * columns(), columns());
                else BFloat16Bits.write(floats, 0, into, 2L * r * columns(), columns());
            }
        });
    }

    /** Bytes of memory that a step reads. */
    long bytes();

    /** The weights in memory. */
    MemorySegment memory();

    /** The first row of a part; of the part after the last, the number of rows. */
    int firstRow(int part);

    /** Rows of the largest part. */
    default int mostRowsOfPart() {
        var most = 0;
        for (int part = 0; part < parts(); part++) most = Math.max(most, firstRow(part + 1) - firstRow(part));
        return most;
    }
}
