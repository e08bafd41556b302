package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.model.adapter.TargetModules;
import dev.parley.tensor.RandomState;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainableAdapterTest {

    private static final ModelConfig QWEN3 = ModelConfig.qwen3(97, 32, 32, 2, 4, 2, 48);
    private static final LoraConfig LORA = LoraConfig.of(4, 8);

    @TempDir
    Path folder;

    @BeforeEach
    void saveBase() throws IOException {
        try (var model = TrainableLM.create(QWEN3, 3)) {
            model.savePretrained(folder.resolve("base"));
        }
    }

    private TrainableLM frozen(WeightType held) {
        return TrainableLM.frozen(folder.resolve("base"), DType.FLOAT32, held);
    }

    private static TrainingBatch batch() {
        var random = new SplittableRandom(5);
        var ids = new int[3][14];
        for (var row : ids) Arrays.setAll(row, i -> random.nextInt(97));
        return TrainingBatch.of(ids);
    }

    /** Gives B numbers too, so that A has a gradient. */
    private static void stir(TrainableLM model) {
        RandomState.seed(9);
        for (var p : model.parameters().trainable()) if (p.name().contains("lora_B")) p.value().normalInPlace(0, 0.05);
    }

    @Test
    void aNewAdapterChangesNothingAndFreezesAllElse() {
        var batch = batch();
        try (var model = frozen(WeightType.FLOAT32); var plain = TrainableLM.fromPretrained(folder.resolve("base"), DType.FLOAT32)) {
            var before = model.targetLogprobs(batch);
            assertArrayEquals(plain.targetLogprobs(batch), before, 1e-5); // the frozen lie in other memory
            model.attach(LORA, 1);
            assertArrayEquals(before, model.targetLogprobs(batch));
            assertEquals(2 * 7 * 2, model.parameters().trainable().size(), "A and B of seven matrices in each of two layers");
            assertTrue(model.parameters().trainable().stream().allMatch(p -> p.name().contains("lora_")));
        }
    }

    @Test
    void gradientsAreSlopesAndGoToTheAdapterAlone() {
        var batch = batch();
        try (var model = frozen(WeightType.FLOAT32)) {
            model.attach(LORA.withModulesToSave(List.of("model.norm", "model.embed_tokens")), 1);
            stir(model);
            for (var p : model.parameters().trainable()) p.learn(true);
            var n = batch.targets().length;
            model.lossAndBackward(batch, n);
            var random = new SplittableRandom(8);
            for (var p : model.parameters().trainable()) {
                var gradient = p.gradient().toFloats();
                var direction = new float[gradient.length];
                double expected = 0;
                for (int i = 0; i < direction.length; i++) {
                    direction[i] = random.nextInt(3) - 1;
                    expected += (double) gradient[i] * direction[i];
                }
                var step = 3e-2 / Math.sqrt(direction.length);
                var measured = (moved(model, p, direction, step, batch) - moved(model, p, direction, -step, batch)) / (2 * step);
                assertEquals(measured, expected, 2e-3 + 0.02 * Math.abs(measured), p.name()); // float32's noise of 1e-7 over that step
            }
            for (var p : model.parameters().all()) assertEquals(p.trainable(), !p.gradientParts().isEmpty(), p.name());
        }
    }

    private static double moved(TrainableLM model, Parameter p, float[] direction, double step, TrainingBatch batch) {
        var before = p.value().toFloats();
        var after = before.clone();
        for (int i = 0; i < after.length; i++) after[i] += (float) (step * direction[i]);
        p.value().memory().copyFrom(MemorySegment.ofArray(after));
        var loss = model.loss(batch).mean();
        p.value().memory().copyFrom(MemorySegment.ofArray(before));
        return loss;
    }

    @Test
    void withoutTheAdapterTheModelIsItsBaseBitForBit() {
        var batch = batch();
        try (var model = frozen(WeightType.FLOAT32)) {
            var base = model.targetLogprobs(batch);
            model.attach(LORA.withModulesToSave(List.of("model.norm")), 1);
            stir(model);
            model.parameters().get("model.norm.weight").value().fillInPlace(0.5);
            var adapted = model.targetLogprobs(batch);
            assertFalse(Arrays.equals(base, adapted));
            assertArrayEquals(base, model.withoutAdapter(() -> model.targetLogprobs(batch)));
            assertArrayEquals(adapted, model.targetLogprobs(batch));
        }
    }

    @Test
    void whatIsSavedIsLoadedBitForBitAndFrozenWeightsStay() throws IOException {
        var batch = batch();
        var config = LORA.withTargets(new TargetModules.Named(List.of("q_proj", "down_proj"))).withModulesToSave(List.of("model.norm"));
        double[] expected;
        try (var model = frozen(WeightType.BFLOAT16)) {
            var before = weights(model);
            model.attach(config, 1);
            for (var p : model.parameters().trainable()) p.learn(true);
            model.lossAndBackward(batch, 10);
            for (var p : model.parameters().trainable()) {
                p.value().requiresGrad(false);
                p.value().addInPlace(p.gradient(), -0.1);
            }
            weights(model).forEach((name, bits) -> {
                if (!name.equals("model.norm.weight")) assertArrayEquals(before.get(name), bits, name);
            });
            expected = model.targetLogprobs(batch);
            model.savePretrained(folder.resolve("adapter"));
        }
        assertFalse(Files.exists(folder.resolve("adapter/config.json")), "an adapter's folder holds no model");
        try (var model = frozen(WeightType.BFLOAT16); var files = AdapterFiles.open(folder.resolve("adapter"))) {
            assertEquals(config.targetModules(), files.config().targetModules());
            model.attach(files);
            assertArrayEquals(expected, model.targetLogprobs(batch));
        }
    }

    private static Map<String, float[]> weights(TrainableLM model) {
        var weights = new LinkedHashMap<String, float[]>();
        for (var p : model.parameters().all()) weights.put(p.name(), p.value().toFloats());
        return weights;
    }

    @Test
    void whatNamesNoPartOfTheModelIsRefusedByName() {
        try (var model = frozen(WeightType.FLOAT32)) {
            var wrong = LORA.withTargets(new TargetModules.Named(List.of("c_attn")));
            var message = assertThrows(ModelException.class, () -> model.attach(wrong, 1)).getMessage();
            assertTrue(message.contains("q_proj"), message);
            assertThrows(ModelException.class, () -> model.attach(LORA.withModulesToSave(List.of("score")), 1));
        }
    }
}
