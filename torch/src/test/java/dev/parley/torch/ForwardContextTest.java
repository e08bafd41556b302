package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Scope;
import org.junit.jupiter.api.Test;

class ForwardContextTest {

    private static final int[][] IDS = {{3, 1, 2, 5, 4}, {6, 0, 1, 2, 3}};
    private static final ModelConfig CONFIG = ModelConfig.gpt2(7, 9, 4, 1, 2);

    private static long[] positions(TrainingBatch batch) {
        return ForwardContext.of(CONFIG, batch, DType.FLOAT32, Dropouts.NONE).positions().toLongs();
    }

    private static long[] positions(TokenBatch batch, int past) {
        return ForwardContext.of(CONFIG, batch, past, DType.FLOAT32).positions().toLongs();
    }

    @Test
    void positionsBeginAnewAtEachDocument() {
        try (var scope = Scope.open()) {
            var packed = TrainingBatch.of(IDS, IDS, new int[][] {{0, 0, 1, 1, 2}, {0, 0, 0, 0, 0}});
            assertArrayEquals(new long[] {0, 1, 0, 1, 0, 0, 1, 2, 3, 4}, positions(packed));
            assertArrayEquals(new long[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, positions(TrainingBatch.of(IDS)));
        }
    }

    @Test
    void positionsGoOnFromTheCacheAndBeginAfterPadding() {
        try (var scope = Scope.open()) {
            assertArrayEquals(new long[] {4, 5, 6, 7, 8, 4, 5, 6, 7, 8}, positions(TokenBatch.of(IDS), 4));
            var padded = new TokenBatch(IDS, new int[][] {{0, 0, 1, 1, 1}, {1, 1, 1, 1, 1}});
            assertArrayEquals(new long[] {0, 0, 0, 1, 2, 0, 1, 2, 3, 4}, positions(padded, 0));
        }
    }
}
