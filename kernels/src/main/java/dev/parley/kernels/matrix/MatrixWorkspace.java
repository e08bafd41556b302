package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one thread writes while it multiplies several vectors: widened weights, and sums. */
public final class MatrixWorkspace {

    /** In native memory, where a register's numbers lie on one line of the cache: from an array each load of sixteen floats takes two. */
    final MemorySegment panel;

    /** Results of tiles, or sums of groups, in native memory for the same reason. */
    final MemorySegment results;
    final float[] sums;
    final float[] rows; // four of them, and their sums

    /**
     * Makes one that is large enough for all matrices of a model.
     *
     * @param panelSize the largest {@link Matrix#panelSize()} of the matrices
     * @param rowsSize the largest {@link Matrix#rowsSize()}
     * @param batch vectors at most
     */
    public MatrixWorkspace(int panelSize, int rowsSize, int batch) {
        panel = Arena.ofAuto().allocate(4L * panelSize, 64);
        var tiles = VectorShape.roundUp(Math.ceilDiv(batch, Tile.VECTORS), 2);
        results = Arena.ofAuto().allocate(4L * Math.max(tiles * Tile.SUMS, BlockMatrix.SUMS), 64);
        sums = new float[tiles * Math.max(StripTile.SUMS, TransposedRows.SUMS)];
        rows = new float[rowsSize];
    }
}
