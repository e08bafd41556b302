package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.ModelConfig;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunningCopyTest {

    private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2, 6};

    private static TrainableLM model(int width) {
        var model = TrainableLM.create(ModelConfig.qwen3(61, 16, width, 2, 2, 1, 2 * width), 3);
        model.computeIn(DType.FLOAT32);
        return model;
    }

    private static void assertRunsAlike(TrainableLM model) {
        var expected = model.nextLogits(TokenBatch.of(IDS))[0];
        try (var running = model.running();
                var session = running.model().openSession(0, true);
                var sequence = session.open()) {
            assertArrayEquals(expected, session.feed(List.of(Feed.of(sequence, IDS))).getFirst().scores()[0], 2e-5f); // sums in another order
        }
    }

    @Test
    void theJavaEngineGivesTheScoresOfTheWeightsAsTheyAreNow() {
        for (var width : new int[] {16, 64}) { // copied, and used where they lie
            try (var model = model(width)) {
                assertRunsAlike(model);
                change(model.parameters().all().iterator().next().value());
                assertRunsAlike(model);
            }
        }
    }

    @Test
    void whatAnAdapterAddsIsThere() {
        try (var model = model(16)) {
            model.attach(LoraConfig.of(4, 8), 5);
            model.learned().values().forEach(parameter -> change(parameter.value()));
            assertRunsAlike(model);
            model.withoutAdapter(() -> {
                assertRunsAlike(model);
                return model;
            });
        }
    }

    @Test
    void gradientsAndRandomNumbersAreUntouched() {
        try (var model = model(16)) {
            for (var p : model.parameters().all()) p.learn(true);
            RandomState.seed(1);
            assertRunsAlike(model);
            var drawn = Tensor.empty(DType.FLOAT32, 4).normalInPlace(0, 1).toFloats();
            RandomState.seed(1);
            assertArrayEquals(Tensor.empty(DType.FLOAT32, 4).normalInPlace(0, 1).toFloats(), drawn);
            for (var p : model.parameters().all()) {
                assertFalse(p.value().hasGrad(), p.name());
                assertEquals(true, p.value().requiresGrad(), p.name());
            }
        }
    }

    private static void change(Tensor tensor) {
        var random = new SplittableRandom(6);
        var values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) values[i] += (float) (0.2 * (random.nextDouble() - 0.5));
        tensor.memory().copyFrom(MemorySegment.ofArray(values));
    }
}
