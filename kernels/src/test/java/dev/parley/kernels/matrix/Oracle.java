package dev.parley.kernels.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** Products in double, by the definition, for the tests of all kinds of matrices. */
final class Oracle {

    static final ThreadTeam TEAM = new ThreadTeam(1);

    /** The relative error of rounding to float32. */
    private static final double UNIT = 0x1p-24;

    private Oracle() {}

    /**
     * A kind of matrix.
     *
     * @param groupColumns columns that share a scale, 0 where there is none
     * @param inflation how much larger than the products w x the numbers may be that are added up
     */
    record Kind(String name, int groupColumns, int inflation, BiFunction<RowSource, Arena, Matrix> pack) {

        @Override
        public String toString() {
            return name;
        }
    }

    static final Kind FLOAT32 = new Kind("float32", 0, 1, (s, a) -> Float32Matrix.pack(s, a, TEAM));
    static final Kind BFLOAT16 = new Kind("bfloat16", 0, 1, (s, a) -> BFloat16Matrix.pack(s, a, TEAM));
    static final Kind INT8 = new Kind("int8", 0, 1, (s, a) -> Int8Matrix.pack(s, a, TEAM));
    static final Kind INT8_GROUPS = new Kind("int8 in groups of 36", 36, 1, (s, a) -> Int8Matrix.pack(s, 36, a, TEAM));

    /** Sums of f x with f up to 2, times 16, less 24 x: 56 times the scale, of which the largest number of a group is at least 7. */
    static final Kind INT4 = new Kind("int4", Int4Matrix.GROUP, 8, (s, a) -> Int4Matrix.pack(s, a, TEAM));

    static final List<Kind> KINDS = List.of(FLOAT32, BFLOAT16, INT8, INT8_GROUPS, INT4);

    /** Rows in an array, one after the other. */
    record Rows(float[] values, int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {
            for (int r = 0; r < count; r++) System.arraycopy(values, (first + r) * columns, into, r * stride, columns);
        }
    }

    /** The same where the file has columns one after the other, as GPT-2's has. */
    record Columns(float[] values, int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {
            for (int r = 0; r < count; r++) {
                for (int c = 0; c < columns; c++) into[r * stride + c] = values[c * rows + first + r];
            }
        }
    }

    static MatrixWorkspace workspace(Matrix matrix, int batch) {
        return new MatrixWorkspace(matrix.panelSize(), matrix.rowsSize(), batch);
    }

    /** Vectors as the matrix reads them. What was in the memory before, and beside each vector, are NaNs, which must not be read. */
    static float[] arranged(Matrix matrix, float[] x, int batch) {
        var columns = matrix.columns();
        var into = new float[matrix.inputSize(batch)];
        Arrays.fill(into, Float.NaN);
        var one = new float[columns + 5];
        for (int b = 0; b < batch; b++) {
            Arrays.fill(one, Float.NaN);
            System.arraycopy(x, b * columns, one, 3, columns);
            matrix.arrange(one, 3, into, b, batch);
        }
        return into;
    }

    /** All parts' products with vectors, and that nothing else is written: beside each vector's results lie a few numbers of others. */
    static float[] multiply(Matrix matrix, float[] x, int batch) {
        int rows = matrix.rows(), gap = 3, yAt = 2, yStride = rows + gap;
        var input = arranged(matrix, x, batch);
        var y = new float[yAt + batch * yStride];
        Arrays.fill(y, 1e30f);
        var workspace = workspace(matrix, batch);
        for (int part = 0; part < matrix.parts(); part++) matrix.multiply(part, input, batch, y, yAt, yStride, workspace);
        var results = new float[batch * rows];
        for (int i = 0; i < y.length; i++) {
            int b = (i - yAt) / yStride, r = (i - yAt) % yStride;
            if (i < yAt || r >= rows) assertEquals(1e30f, y[i], "a number beside the results was written, at " + i);
            else results[b * rows + r] = y[i];
        }
        return results;
    }

    /** Checks y = W x for the rows that the matrix says it holds. */
    static void check(Kind kind, Matrix matrix, float[] x, int batch, float[] y) {
        var row = new float[matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            matrix.row(r, row, 0);
            for (int b = 0; b < batch; b++) checkSum(kind, matrix, row, x, b, y[b * matrix.rows() + r], r);
        }
    }

    private static void checkSum(Kind kind, Matrix matrix, float[] row, float[] x, int b, float y, int r) {
        int n = row.length, group = kind.inflation > 1 ? kind.groupColumns : 1;
        double sum = 0, size = 0;
        for (int from = 0; from < n; from += group) {
            var largest = 0.0;
            for (int c = from; c < Math.min(n, from + group); c++) largest = Math.max(largest, Math.abs(row[c]));
            for (int c = from; c < Math.min(n, from + group); c++) {
                sum += (double) row[c] * x[b * n + c];
                size += kind.inflation * largest * Math.abs(x[b * n + c]);
            }
        }
        // Each of the additions in a row rounds by UNIT of what was added up so far, at most the sum of all magnitudes. A wrong
        // index moves the sum by a part of 1/n of it, which is more as long as n is below some thousands.
        var additions = 8 + (group > 1 ? group + n / group : n);
        assertEquals(sum, y, additions * UNIT * size + Float.MIN_NORMAL,
                () -> kind + " of " + matrix.rows() + " x " + n + ", row " + r + ", vector " + b);
        assertTrue(Float.isFinite(y));
    }
}
