package dev.parley.model;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BlockFormat;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.kernels.matrix.BlockWarmUp;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.kernels.matrix.RowSource;
import dev.parley.kernels.matrix.RowTable;
import dev.parley.weights.GgmlType;
import dev.parley.weights.WeightSource;
import dev.parley.weights.WeightSource.Blocks;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.Supplier;

/** Matrices that a file has in blocks, whose numbers they keep. */
final class BlockWeights {

    private BlockWeights() {}

    /** Whether a weight is in blocks. */
    static boolean areIn(WeightSource source, String name) {
        return source.blockType(name).isPresent();
    }

    /** Prepares the products with all kinds of blocks of a file, beside what else is loaded. */
    static void warmUp(WeightSource source) {
        if (!BlockMatrix.isSupported()) return;
        BlockWarmUp.start(source.names().stream().flatMap(name -> source.blockType(name).stream()).distinct()
                .flatMap(type -> format(type).stream()).toList());
    }

    /** The kind of blocks that a weight is in; empty where it is in none, or in such as are not multiplied. */
    private static Optional<BlockFormat> format(WeightSource source, String name) {
        return BlockMatrix.isSupported() ? source.blockType(name).flatMap(BlockWeights::format) : Optional.empty();
    }

    /**
     * A weight in blocks as a matrix; empty where it is not, or its blocks are of a kind that is not multiplied.
     *
     * @throws ArithmeticException if a scale is not finite
     */
    static Optional<Matrix> find(WeightSource source, String name, WeightSpec weight, Arena arena) {
        return format(source, name).map(format -> {
            var blocks = source.blocks(name).orElseThrow();
            // blocks that are not the file's own are made again for a row that is looked up, rather than kept beside the matrix
            Supplier<Blocks> again = blocks.bytes().isMapped() ? () -> blocks : () -> source.blocks(name).orElseThrow();
            var rows = new Rows(again, weight.outFeatures(), weight.inFeatures());
            var matrix = matrix(format, blocks, rows, weight.use() == WeightSpec.Use.TABLE, arena);
            if (blocks.bytes().isMapped()) NativeMemory.release(blocks.bytes());
            return matrix;
        });
    }

    /** Bytes that {@link #find}'s matrix will take; empty where it finds none. */
    static Optional<Long> bytesToRun(WeightSource source, String name, WeightSpec weight) {
        return format(source, name).map(format -> weight.use() == WeightSpec.Use.TABLE
                ? source.blockType(name).orElseThrow().bytes(weight.elements())
                : BlockMatrix.bytes(format, weight.outFeatures(), weight.inFeatures()));
    }

    private static Matrix matrix(BlockFormat format, Blocks blocks, Rows rows, boolean table, Arena arena) {
        var team = ThreadTeam.shared();
        if (!table) return BlockMatrix.pack(format, blocks.bytes(), blocks.rowInFile(), rows, arena, team);
        format.requireFinite(blocks.bytes(), team);
        return new RowTable(rows, blocks.bytes());
    }

    private static Optional<BlockFormat> format(GgmlType type) {
        return switch (type) {
            case Q4_0 -> Optional.of(BlockFormat.Q4_0);
            case Q4_1 -> Optional.of(BlockFormat.Q4_1);
            case Q5_0 -> Optional.of(BlockFormat.Q5_0);
            case Q5_1 -> Optional.of(BlockFormat.Q5_1);
            case Q8_0 -> Optional.of(BlockFormat.Q8_0);
            case Q4_K -> Optional.of(BlockFormat.Q4_K);
            case Q5_K -> Optional.of(BlockFormat.Q5_K);
            case Q6_K -> Optional.of(BlockFormat.Q6_K);
            case IQ4_NL -> Optional.of(BlockFormat.IQ4_NL);
            case IQ4_XS -> Optional.of(BlockFormat.IQ4_XS);
            case MXFP4 -> Optional.of(BlockFormat.MXFP4);
            case F32, F16, BF16, Q2_K, Q3_K, Q8_K -> Optional.empty();
        };
    }

    /** Rows of blocks, widened. */
    private record Rows(Supplier<Blocks> source, int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {
            var blocks = source.get();
            for (int i = 0; i < count; i++) {
                var row = blocks.rowInFile().applyAsInt(first + i);
                blocks.type().widen(blocks.bytes(), (long) row * columns, columns, into, i * stride);
            }
        }
    }
}
