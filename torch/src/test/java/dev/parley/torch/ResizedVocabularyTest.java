package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.CausalLM;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResizedVocabularyTest {

    private static final int[][] IDS = {{3, 1, 4, 1, 5, 9, 2, 6}};

    @TempDir
    Path folder;

    private static float[][] logits(TrainableLM model, int[][] ids) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return Transformer.rows(model.logits(TokenBatch.of(ids)));
        }
    }

    private static double mean(float[] numbers, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += numbers[i];
        return sum / count;
    }

    /** Of tied tables, and of a head beside the table. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "qwen3-tiny"})
    void scoresOfOldTokensStayAndNewOnesAreAsLikelyAsTheAverageOne(String name) throws IOException {
        var model = TrainableLM.fromPretrained(Golden.folder(name), DType.FLOAT32);
        var old = model.config().vocabSize();
        var before = logits(model, IDS);
        try (var resized = model.resizeTokenEmbeddings(old + 3, 1, 5)) {
            assertEquals(old + 3, resized.config().vocabSize());
            var after = logits(resized, IDS);
            for (int t = 0; t < before.length; t++) {
                assertArrayEquals(before[t], Arrays.copyOf(after[t], old), 1e-6f); // the product may be divided in another way
                for (int id = old; id < old + 3; id++) assertEquals(mean(before[t], old), after[t][id], 1e-3, "token " + id);
            }
            assertNotEquals(after[0][old], after[0][old + 1], "each is drawn by itself");
            resized.savePretrained(folder.resolve(name));
        }
        try (var loaded = CausalLM.fromPretrained(folder.resolve(name)); var session = loaded.openSession(1 << 20)) {
            assertEquals(old + 3, loaded.config().vocabSize());
        }
    }

    @Test
    void newTokensAreReadAndLearned() {
        var model = TrainableLM.fromPretrained(Golden.folder("llama-tiny"), DType.FLOAT32);
        var old = model.config().vocabSize();
        try (var resized = model.resizeTokenEmbeddings(old + 1, 64, 5)) {
            assertEquals(0, resized.config().vocabSize() % 64);
            for (var p : resized.parameters().trainable()) p.learn(true);
            resized.lossAndBackward(TrainingBatch.of(new int[][] {{3, old, 4, old}}), 3);
            for (var p : resized.parameters().all()) {
                if (p.shape()[0] != resized.config().vocabSize()) continue;
                var gradient = p.gradient().toFloats();
                var width = (int) p.shape()[1];
                double length = 0;
                for (int c = 0; c < width; c++) length += Math.abs(gradient[old * width + c]);
                assertTrue(length > 1e-4, p.name());
            }
        }
    }

    @Test
    void theSameSeedDrawsTheSameRowsAndFewerTokensAreTheFirstOnes() {
        var golden = Golden.folder("gpt2-tiny");
        try (var one = TrainableLM.fromPretrained(golden, DType.FLOAT32).resizeTokenEmbeddings(300, 1, 5);
                var same = TrainableLM.fromPretrained(golden, DType.FLOAT32).resizeTokenEmbeddings(300, 1, 5);
                var fewer = TrainableLM.fromPretrained(golden, DType.FLOAT32).resizeTokenEmbeddings(20, 1, 5)) {
            assertArrayEquals(logits(one, IDS), logits(same, IDS));
            var all = logits(one, IDS);
            var few = logits(fewer, IDS);
            for (int t = 0; t < all.length; t++) assertArrayEquals(Arrays.copyOf(all[t], 20), few[t], 1e-6f);
        }
    }

    @Test
    void weightsThatStayAsTheyLieCannotGainTokensAndNothingIsLeftBehind() {
        var golden = Golden.folder("qwen3-tiny");
        try (var frozen = TrainableLM.frozen(golden, DType.FLOAT32, WeightType.FLOAT32)) {
            assertThrows(IllegalStateException.class, () -> frozen.resizeTokenEmbeddings(1000, 1, 1));
        }
        var live = Engine.liveNativeObjects();
        TrainableLM.fromPretrained(golden, DType.FLOAT32).resizeTokenEmbeddings(1000, 1, 1).close();
        assertEquals(live, Engine.liveNativeObjects());
    }
}
