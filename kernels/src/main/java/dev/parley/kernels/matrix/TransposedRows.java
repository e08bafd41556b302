package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Products of float rows with many vectors. {@link RowTile} sums a row in the lanes of a register, lane k taking every LANES-th
 * number from the k-th on, and adds up the lanes at the end. Here two strips of rows are transposed, so that each row has a lane,
 * and each former lane becomes a sum of its own: the same sums in the same order, so a vector gives the same bits in any batch.
 */
final class TransposedRows {

    /** From this many vectors on, this is faster than {@link RowTile}: transposing a number costs as much as some twenty products. */
    static final int MIN_BATCH = 17;

    private static final int COLUMNS = 1024; // of a panel

    /** Floats of four vectors: as many sums as a register has lanes. */
    static final int SUMS = LANES * Tile.SUMS;

    private static final int HALF = LANES / 2;

    /** Integers from one transposed row to the next: a shifted load reads up to a register before or after. */
    private static final int ROW = COLUMNS + 2 * LANES;

    private TransposedRows() {}

    /** Floats of a panel, of a strip that is being transposed, and of the strip it is transposed into. */
    static int panelSize() {
        return (2 * COLUMNS + 2 * ROW) * LANES;
    }

    /** Rows of n floats, or of n pairs of bfloat16. @param bfloat16 whether an int holds two numbers */
    record Rows(MemorySegment memory, int n, boolean bfloat16) {

        /** Integers of so many columns. */
        int ints(int columns) {
            return bfloat16 ? columns / 2 : columns;
        }

        long at(int row, int column) {
            return (bfloat16 ? 2L : 4L) * ((long) row * n + column);
        }

        /** Where a column's number lies among those of an arranged vector: after all of the lanes before its own. */
        int place(int column) {
            var steps = n / LANES;
            if (!bfloat16) return column % LANES * steps + column / LANES;
            return column / 2 % LANES * steps + column / (2 * LANES) * 2 + column % 2;
        }
    }

    /** Arranges a vector for several. */
    static void arrange(Rows rows, float[] x, int xAt, int columns, float[] into, int b, int batch) {
        int at = Tile.inputAt(rows.n, b, batch);
        for (int c = 0; c < columns; c++) into[at + Tile.VECTORS * rows.place(c)] = x[xAt + c];
        for (int c = columns; c < rows.n; c++) into[at + Tile.VECTORS * rows.place(c)] = 0;
    }

    /** y[b][r] for the rows of a part and all vectors. */
    static void multiply(Rows rows, int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        for (int r = from; r < to; r += 2 * LANES) twoStrips(rows, r, to, x, batch, y, yAt, yStride, workspace);
    }

    private static void twoStrips(Rows rows, int row, int to, float[] x, int batch, float[] y, int yAt, int yStride,
            MatrixWorkspace workspace) {
        var sums = workspace.sums;
        var tiles = Math.ceilDiv(batch, Tile.VECTORS);
        Arrays.fill(sums, 0, tiles * SUMS, 0);
        for (int c = 0; c < rows.n; c += COLUMNS) {
            int columns = Math.min(COLUMNS, rows.n - c), steps = columns / LANES;
            transpose(rows, row, to, c, columns, workspace.panel, 0);
            transpose(rows, row + LANES, to, c, columns, workspace.panel, Tile.VECTOR);
            for (int lane = 0; lane < LANES; lane++) { // a lane's part of the panel stays in the nearest cache
                for (int t = 0; t < tiles; t++) {
                    var xAt = Tile.VECTORS * (t * rows.n + lane * (rows.n / LANES) + c / LANES);
                    Tile.add(workspace.panel, 2 * Tile.VECTOR * lane * steps, steps, x, xAt, sums, t * SUMS + lane * Tile.SUMS);
                }
            }
        }
        for (int t = 0; t < tiles; t++) {
            addLanes(sums, t * SUMS);
            var first = t * Tile.VECTORS;
            Tile.store(sums, t * SUMS, batch - first, y, yAt + first * yStride, yStride, row, row + LANES, to);
        }
    }

    /** Adds up the sums of the lanes, in the order of {@link VectorShape#sumLanes}. */
    private static void addLanes(float[] sums, int at) {
        for (int half = SUMS / 2; half >= Tile.SUMS; half /= 2) {
            for (int i = at; i < at + half; i += LANES) {
                FloatVector.fromArray(FLOATS, sums, i).add(FloatVector.fromArray(FLOATS, sums, i + half)).intoArray(sums, i);
            }
        }
    }

    // ---- Transposing a strip: square blocks of LANES by LANES integers, their halves exchanged first, then their quarters, ... ----

    /** Widens some columns of a strip, each row of them into a lane of every second register. */
    private static void transpose(Rows rows, int row, int to, int column, int columns, MemorySegment panel, long at) {
        var ints = rows.ints(columns);
        long first = 2 * COLUMNS * Tile.VECTOR, second = first + ROW * Tile.VECTOR;
        if (row + LANES <= to) {
            for (int r = 0; r < HALF; r++) exchange(rows.memory, rows.at(row + r, column), rows.at(row + r + HALF, column), ints, HALF,
                    panel, rowAt(first, r), rowAt(first, r + HALF));
        } else { // with what a shifted load touches beside the rows
            for (int r = 0; r < LANES; r++)
                MemorySegment.copy(rows.memory, rows.at(Math.min(row + r, to - 1), column), panel, rowAt(second, r), 4L * ints);
            for (int r = 0; r < HALF; r++)
                exchange(panel, rowAt(second, r), rowAt(second, r + HALF), ints, HALF, panel, rowAt(first, r), rowAt(first, r + HALF));
        }
        for (int distance = HALF / 2; distance > 1; distance /= 2) {
            for (int r = 0; r < LANES; r++) {
                if ((r & distance) == 0) exchange(panel, rowAt(first, r), rowAt(first, r + distance), ints, distance, panel,
                        rowAt(second, r), rowAt(second, r + distance));
            }
            var other = first;
            first = second;
            second = other;
        }
        long step = 2 * Tile.VECTOR, lane = step * (columns / LANES);
        for (int r = 0; r < LANES; r += 2) {
            if (rows.bfloat16) widenNeighbours(panel, rowAt(first, r), rowAt(first, r + 1), ints, at + r * lane, at + (r + 1) * lane);
            else exchangeNeighbours(panel, rowAt(first, r), rowAt(first, r + 1), ints, at + r * lane, at + (r + 1) * lane);
        }
    }

    private static long rowAt(long at, int row) {
        return at + 4L * (row * ROW + LANES);
    }

    private static IntVector load(MemorySegment m, long at) {
        return IntVector.fromMemorySegment(INTS, m, at, LITTLE);
    }

    /** The lanes whose number has a bit. */
    private static VectorMask<Integer> odd(int distance) {
        return VectorMask.fromLong(INTS, Long.divideUnsigned(-1, (1L << distance) + 1) << distance);
    }

    private static final VectorMask<Integer> ODD = odd(1);

    /** Of two rows a distance apart: what lies under the second in a block goes into the first, by loads that are shifted by as much. */
    private static void exchange(MemorySegment m, long at0, long at1, int ints, int distance, MemorySegment into, long to0, long to1) {
        var odd = odd(distance);
        for (int i = 0; i < ints; i += LANES) {
            load(m, at0 + 4L * i).blend(load(m, at1 + 4L * i - 4L * distance), odd).intoMemorySegment(into, to0 + 4L * i, LITTLE);
            load(m, at0 + 4L * i + 4L * distance).blend(load(m, at1 + 4L * i), odd).intoMemorySegment(into, to1 + 4L * i, LITTLE);
        }
    }

    /** The last exchange, of neighbours, which are then whole: into every second register of the panel. */
    private static void exchangeNeighbours(MemorySegment m, long at0, long at1, int ints, long to0, long to1) {
        for (int i = 0; i < ints; i += LANES) {
            load(m, at0 + 4L * i).blend(load(m, at1 + 4L * i - 4), ODD).intoMemorySegment(m, to0 + 8L * i, LITTLE);
            load(m, at0 + 4L * i + 4).blend(load(m, at1 + 4L * i), ODD).intoMemorySegment(m, to1 + 8L * i, LITTLE);
        }
    }

    /** The same of pairs of bfloat16, which are widened to two registers. */
    private static void widenNeighbours(MemorySegment m, long at0, long at1, int ints, long to0, long to1) {
        for (int i = 0; i < ints; i += LANES) {
            widen(load(m, at0 + 4L * i).blend(load(m, at1 + 4L * i - 4), ODD), m, to0 + 16L * i);
            widen(load(m, at0 + 4L * i + 4).blend(load(m, at1 + 4L * i), ODD), m, to1 + 16L * i);
        }
    }

    private static void widen(IntVector pairs, MemorySegment into, long at) {
        BFloat16Bits.lower(pairs).intoMemorySegment(into, at, LITTLE);
        BFloat16Bits.upper(pairs).intoMemorySegment(into, at + 2 * Tile.VECTOR, LITTLE);
    }
}
