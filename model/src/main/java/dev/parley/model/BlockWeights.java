package dev.parley.model;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BlockFormat;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.kernels.matrix.BlockWarmUp;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.kernels.matrix.RowSource;
import dev.parley.weights.GgmlType;
import dev.parley.weights.WeightSource;
import dev.parley.weights.WeightSource.Blocks;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Matrices that a file has in blocks, and that are multiplied so. */
final class BlockWeights {

    private static final long PART = 10_000; // blocks that a thread looks at in one go

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

    /** A weight in blocks of a kind that is multiplied; empty where it is not. */
    static Optional<Blocks> find(WeightSource source, String name) {
        return BlockMatrix.isSupported() && source.blockType(name).flatMap(BlockWeights::format).isPresent() ? source.blocks(name)
                : Optional.empty();
    }

    /** Whether all numbers in blocks are finite. */
    static boolean areFinite(Blocks blocks) {
        var count = blocks.bytes().byteSize() / blocks.type().bytes(blocks.type().blockSize());
        var finite = new AtomicBoolean(true);
        ThreadTeam.shared().each((int) Math.ceilDiv(count, PART), part -> {
            long first = part * PART, some = Math.min(PART, count - first);
            if (!blocks.type().scalesAreFinite(blocks.bytes(), first, some)) finite.set(false);
        });
        return finite.get();
    }

    /** A weight that was found in blocks, as a matrix. */
    static Matrix matrix(Blocks blocks, WeightSpec weight) {
        var rows = new Rows(blocks, weight.outFeatures(), weight.inFeatures());
        return BlockMatrix.view(format(blocks.type()).orElseThrow(), blocks.bytes(), blocks.rowInFile(), blocks.inOrder(), rows);
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
            case MXFP4 -> Optional.of(BlockFormat.MXFP4);
            case F32, F16, BF16, Q2_K, Q3_K, Q8_K, IQ4_XS -> Optional.empty();
        };
    }

    /** Rows of blocks, widened. */
    private record Rows(Blocks blocks, int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {
            for (int i = 0; i < count; i++) {
                var row = blocks.rowInFile().applyAsInt(first + i);
                blocks.type().widen(blocks.bytes(), (long) row * columns, columns, into, i * stride);
            }
        }
    }
}
