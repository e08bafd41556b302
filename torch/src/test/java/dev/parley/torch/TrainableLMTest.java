package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.FolderExport;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Scope;
import dev.parley.weights.ShardSize;
import dev.parley.weights.ThreeForms;
import dev.parley.weights.WeightFiles;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model that learns draws, loads, computes and saves. */
class TrainableLMTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(40, 16, 8, 2, 2);

    @TempDir
    Path folder;

    @Test
    void aWeightThatIsNotFiniteIsRefusedByTheNameOfItsTensor() throws Exception {
        for (var wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            try (var model = TrainableLM.create(CONFIG, 1)) {
                model.parameters().get("transformer.h.1.mlp.c_fc.weight").value().memory().setAtIndex(ValueLayout.JAVA_FLOAT, 3 * 32 + 17,
                        wrong);
                model.savePretrained(folder);
            }
            var fault = assertThrows(ModelException.class, () -> TrainableLM.fromPretrained(folder, DType.FLOAT32).close());
            assertTrue(
                    fault.getMessage()
                            .contains("model.safetensors: tensor \"transformer.h.1.mlp.c_fc.weight\" has no finite number at [3, 17]"),
                    fault.getMessage());
        }
    }

    @Test
    void shardsHoldTheSameModel() throws Exception {
        var safetensors = ThreeForms.safetensors(folder.resolve("safetensors"));
        var out = folder.resolve("out");
        try (var model = TrainableLM.fromPretrained(safetensors, DType.FLOAT32)) {
            model.savePretrained(out, ShardSize.parse("2kB"));
        }
        try (var files = Files.list(out)) {
            assertTrue(files.filter(f -> f.toString().endsWith(".safetensors")).count() > 4);
        }
        try (var one = TrainableLM.fromPretrained(safetensors, DType.FLOAT32); var other = TrainableLM.fromPretrained(out, DType.FLOAT32)) {
            assertArrayEquals(one.nextLogits(TokenBatch.of(new int[] {1, 2, 3}))[0],
                    other.nextLogits(TokenBatch.of(new int[] {1, 2, 3}))[0]);
        }
    }

    @Test
    void aTypeThatFoldersAreWrittenInIsWhatLibtorchRoundsTo() throws Exception {
        var safetensors = ThreeForms.safetensors(folder.resolve("safetensors"));
        for (var dtype : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32)) {
            FolderExport.write(safetensors, folder.resolve("out"), Optional.of(dtype), ShardSize.DEFAULT);
            try (var one = WeightFiles.open(safetensors); var other = WeightFiles.open(folder.resolve("out")); var scope = Scope.open()) {
                for (var name : one.names())
                    assertTrue(TensorFiles.read(one, name).to(dtype).contentEquals(TensorFiles.read(other, name)), name);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsOfGpt2sDistribution() {
        var config = ModelConfig.gpt2(500, 64, 64, 6, 4);
        try (var one = TrainableLM.create(config, 5); var same = TrainableLM.create(config, 5); var other = TrainableLM.create(config, 6)) {
            for (var p : one.parameters().all()) {
                assertTrue(p.value().contentEquals(same.parameters().get(p.name()).value()));
                var values = p.value().toFloats();
                var expected = p.name().endsWith("c_proj.weight") ? 0.02 / Math.sqrt(12)
                        : p.name().endsWith(".weight") && p.shape().length == 2 ? 0.02 : 0;
                if (expected == 0) continue;
                var squares = 0.0;
                for (var v : values) squares += v * v;
                assertEquals(expected, Math.sqrt(squares / values.length), expected * 0.06, p.name()); // 4,096 draws or more
            }
            assertTrue(!one.parameters().get("transformer.wte.weight").value()
                    .contentEquals(other.parameters().get("transformer.wte.weight").value()));
            assertEquals(one.config().parameterCount(), one.parameters().all().stream().mapToLong(p -> p.value().elementCount()).sum());
        }
    }

    @Test
    void aTextLongerThanTheContextAndAnUnknownIdAreErrors() {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var tooLong = assertThrows(ModelException.class, () -> model.nextLogits(TokenBatch.of(new int[17])));
            assertTrue(tooLong.getMessage().contains("17") && tooLong.getMessage().contains("16"));
            var unknown = assertThrows(ModelException.class, () -> model.nextLogits(TokenBatch.of(new int[] {40})));
            assertTrue(unknown.getMessage().contains("40"));
            assertThrows(ModelException.class, () -> TokenBatch.of(new int[] {1}, new int[] {1, 2}));
            for (var ids : List.of(new int[17], new int[] {1, 40})) {
                assertThrows(ModelException.class, () -> model.lossAndBackward(TrainingBatch.of(ids), 1));
            }
            for (var label : new int[] {40, -1, -101}) {
                var wrong = TrainingBatch.of(new int[][] {{1, 2}}, new int[][] {{1, label}});
                var fault = assertThrows(ModelException.class, () -> model.lossAndBackward(wrong, 1));
                assertTrue(fault.getMessage().contains("Label " + label), fault.getMessage());
            }
        }
    }

    /** Every weight moved by a little both ways, on a model small enough to do so. */
    @Test
    void gradientsEqualFiniteDifferences() {
        try (var model = TrainableLM.create(ModelConfig.gpt2(7, 6, 4, 1, 2), 3)) {
            model.computeIn(DType.FLOAT32);
            var ids = new int[][] {{1, 2, 3, 4, 5}, {6, 5, 1, 0, 2}};
            var labels = new int[][] {{1, 2, -100, 4, 5}, {6, 5, 1, -100, 2}};
            for (var p : model.parameters().all()) p.learn(true);
            model.lossAndBackward(TrainingBatch.of(ids, labels), 1);
            for (var p : model.parameters().all()) {
                var gradient = p.gradient().toFloats();
                var memory = p.value().memory();
                for (int i = 0; i < gradient.length; i += 3) {
                    var value = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    var slopes = new double[2];
                    for (int side = 0; side < 2; side++) {
                        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + (side == 0 ? -4e-3f : 4e-3f));
                        slopes[side] = model.loss(TrainingBatch.of(ids, labels)).sum();
                    }
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                    // float32 sums near 15 over a step of 0.008; third order
                    assertEquals((slopes[1] - slopes[0]) / 8e-3, gradient[i], 6e-3 + 2e-2 * Math.abs(gradient[i]), p.name() + " " + i);
                }
                assertArrayEquals(p.shape(), p.gradient().shape());
            }
        }
    }
}
