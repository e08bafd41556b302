package dev.parley.kernels.matrix;

import dev.parley.kernels.machine.ThreadTeam;
import java.util.Arrays;

/** Where a matrix's numbers come from, row by row: a weight file, in whatever type and orientation. Threads may read at once. */
public interface RowSource {

    /** Number of rows: outputs of the product. */
    int rows();

    /** Numbers in a row: inputs of the product. */
    int columns();

    /**
     * Reads rows.
     *
     * @param into receives row {@code first + i} at {@code i * stride}
     */
    void read(int first, int count, float[] into, int stride);

    /**
     * Takes rows that were read: {@code floats} holds row {@code first + i} at {@code i * stride}, with zeros after its columns and rows.
     */
    @FunctionalInterface
    interface BlockReader {
        /**
         * Takes a block; called by several threads at once, each with a block and an array of its own.
         *
         * @param first number of the block's first row
         * @param count rows in it
         * @param floats the rows, valid only during the call
         */
        void take(int first, int count, float[] floats);
    }

    /** Reads all rows in blocks of so many, shared by a team. */
    default void readAll(int blockRows, int stride, ThreadTeam team, BlockReader reader) {
        team.run(member -> {
            var floats = new float[blockRows * stride];
            team.share(Math.ceilDiv(rows(), blockRows), block -> {
                var count = Math.min(blockRows, rows() - block * blockRows);
                read(block * blockRows, count, floats, stride);
                Arrays.fill(floats, count * stride, floats.length, 0);
                reader.take(block * blockRows, count, floats);
            });
        });
    }
}
