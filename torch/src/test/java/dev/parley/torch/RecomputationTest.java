package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tensor.Engine;
import dev.parley.tensor.RandomState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecomputationTest {

    private static final ModelConfig QWEN3 = ModelConfig.qwen3(97, 32, 32, 3, 4, 2, 48);

    private static TrainingBatch batch() {
        var random = new SplittableRandom(5);
        var ids = new int[3][14];
        for (var row : ids) Arrays.setAll(row, i -> random.nextInt(97));
        return TrainingBatch.of(ids);
    }

    private static Map<String, float[]> gradients(TrainableLM model, boolean recomputed) {
        model.computeIn(DType.FLOAT32);
        model.gradientCheckpointing(recomputed);
        for (var p : model.parameters().trainable()) p.learn(true);
        RandomState.seed(4); // of dropout
        model.lossAndBackward(batch(), 7);
        var all = new LinkedHashMap<String, float[]>();
        for (var p : model.parameters().trainable()) all.put(p.name(), p.gradient().toFloats());
        return all;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> gradients) {
        assertEquals(expected.keySet(), gradients.keySet());
        expected.forEach((name, gradient) -> assertArrayEquals(gradient, gradients.get(name), 1e-5f, name)); // float32's noise
    }

    @Test
    void gradientsOfLayersThatRunAgainAreTheSame() {
        for (var config : new ModelConfig[] {QWEN3, ModelConfig.gpt2(97, 24, 32, 2, 2)}) {
            try (var kept = TrainableLM.create(config, 3); var again = TrainableLM.create(config, 3)) {
                assertSame(gradients(kept, false), gradients(again, true));
            }
        }
    }

    @Test
    void theyHaveTheSameDropoutAndTheGeneratorGoesOnAsBefore() {
        var config = ModelConfig.gpt2(97, 24, 32, 2, 2).withDropout(0.3);
        try (var kept = TrainableLM.create(config, 3); var again = TrainableLM.create(config, 3)) {
            var expected = gradients(kept, false);
            var next = RandomState.save().toLongs();
            assertSame(expected, gradients(again, true));
            assertArrayEquals(next, RandomState.save().toLongs());
        }
    }

    @Test
    void anAdapterBesideBytesLearnsAsOneBesideTheNumbersTheyStandFor(@TempDir Path folder) throws IOException {
        try (var model = TrainableLM.create(QWEN3, 3)) {
            model.savePretrained(folder.resolve("base"));
        }
        try (var bytes = TrainableLM.frozen(folder.resolve("base"), DType.FLOAT32, WeightType.INT8)) {
            try (var widened = TrainableLM.create(QWEN3, 1)) { // the same numbers, in float32
                for (var p : widened.parameters().all()) p.value().copyInPlace(bytes.parameters().get(p.name()).value());
                widened.savePretrained(folder.resolve("widened"));
            }
            try (var numbers = TrainableLM.frozen(folder.resolve("widened"), DType.FLOAT32, WeightType.FLOAT32)) {
                bytes.attach(LoraConfig.of(4, 8), 1);
                numbers.attach(LoraConfig.of(4, 8), 1);
                for (var model : new TrainableLM[] {bytes, numbers}) {
                    RandomState.seed(9);
                    for (var p : model.parameters().trainable()) if (p.name().contains("lora_B")) p.value().normalInPlace(0, 0.05);
                }
                assertSame(gradients(numbers, false), gradients(bytes, false));
            }
        }
    }

    @Test
    void nothingIsLeftBehind() {
        try (var model = TrainableLM.create(QWEN3, 3)) {
            gradients(model, true);
            var live = Engine.liveNativeObjects();
            for (int i = 0; i < 3; i++) model.lossAndBackward(batch(), 7);
            assertEquals(live, Engine.liveNativeObjects());
        }
    }
}
