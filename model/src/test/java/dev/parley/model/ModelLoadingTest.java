package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoadingTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(40, 16, 8, 2, 2);

    @TempDir
    Path folder;

    @BeforeEach
    void save() throws Exception {
        try (var model = CausalLM.create(CONFIG, 1)) {
            model.savePretrained(folder);
        }
    }

    private String refused() {
        var fault = assertThrows(RuntimeException.class, () -> CausalLM.fromPretrained(folder, DType.FLOAT32));
        assertTrue(fault.getClass().getName().startsWith("dev.parley."), fault.toString());
        return fault.getMessage();
    }

    private void rewrite(java.util.function.Consumer<LinkedHashMap<String, Tensor>> change) throws Exception {
        try (var model = CausalLM.fromPretrained(folder, DType.FLOAT32); var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var p : model.parameters().all()) tensors.put(p.name(), p.value());
            change.accept(tensors);
            TensorFiles.write(folder.resolve("model.safetensors"), tensors);
        }
    }

    @Test
    void missingUnknownAndMisshapenTensorsAreListed() throws Exception {
        rewrite(t -> {
            t.remove("transformer.h.1.mlp.c_fc.bias");
            t.put("transformer.h.0.ln_1.weight", Tensor.zeros(DType.FLOAT32, 9));
            t.put("transformer.extra", Tensor.zeros(DType.FLOAT32, 1));
            t.put("transformer.ln_f.bias", Tensor.zeros(DType.INT64, 8));
        });
        var message = refused();
        for (var part : List.of("model.safetensors", "transformer.h.1.mlp.c_fc.bias\" is missing", "(9); config.json needs (8)", "transformer.extra", "INT64")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void aWeightThatIsNotFiniteIsRefusedByTheNameOfItsTensor() throws Exception {
        var good = Files.readAllBytes(folder.resolve("model.safetensors"));
        for (var wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (var type : DType.values()) {
                if (!type.isFloatingPoint()) continue;
                Files.write(folder.resolve("model.safetensors"), good);
                rewrite(t -> {
                    var values = new float[8 * 32];
                    Arrays.fill(values, type == DType.FLOAT16 ? 65_504 : 3e38f); // all but the largest that there are
                    values[3 * 32 + 17] = wrong;
                    t.put("transformer.h.1.mlp.c_fc.weight", Tensor.ofFloats(values, 8, 32).to(type));
                });
                for (var weights : WeightType.values()) {
                    var fault = assertThrows(ModelException.class, () -> CausalLM.fromPretrained(folder, weights, DType.FLOAT32, Backend.JAVA).close(), type + " " + weights);
                    assertTrue(fault.getMessage().contains("model.safetensors: tensor \"transformer.h.1.mlp.c_fc.weight\" has no finite number at [3, 17]"), fault.getMessage());
                }
                assertThrows(ModelException.class, () -> CausalLM.forTraining(folder, DType.FLOAT32).close());
            }
        }
        Files.write(folder.resolve("model.safetensors"), good);
        rewrite(t -> t.put("transformer.h.1.mlp.c_fc.weight", Tensor.zeros(DType.FLOAT32, 8, 32)));
        CausalLM.fromPretrained(folder, DType.FLOAT32).close();
    }

    @Test
    void buffersAndATiedHeadWrittenTwiceAreNoFaults() throws Exception {
        rewrite(t -> {
            t.put("lm_head.weight", t.get("transformer.wte.weight").copy());
            t.put("transformer.h.0.attn.bias", Tensor.zeros(DType.UINT8, 1, 1, 16, 16));
            t.put("transformer.h.0.attn.masked_bias", Tensor.zeros(DType.FLOAT32, 1));
        });
        CausalLM.fromPretrained(folder, DType.FLOAT32).close();
    }

    @Test
    void anUnknownConfigValueIsAnErrorThatNamesFileAndValue() throws Exception {
        var file = folder.resolve("config.json");
        var good = Files.readString(file);
        for (var change : Stream.of("gelu_new->relu", "\"gpt2\"->\"mamba\"", "\"n_layer\" : 2->\"n_layer\" : 0", "\"n_head\" : 2->\"n_head\" : 3",
                "\"n_embd\" : 8->\"n_embd\" : \"8\"", "\"n_positions\" : 16->\"n_positions\" : 99999999999", "\"tie_word_embeddings\" : true->\"tie_word_embeddings\" : false").map(c -> c.split("->")).toList()) {
            assertTrue(good.contains(change[0]), change[0]);
            Files.writeString(file, good.replace(change[0], change[1]));
            assertTrue(refused().contains("config.json"), change[1]);
        }
        Files.writeString(file, "{");
        assertTrue(refused().contains("JSON"));
        Files.delete(file);
        assertTrue(refused().contains("config.json"));
    }

    @Test
    void aFolderWithoutWeightsSaysWhatWasLookedFor() throws Exception {
        Files.delete(folder.resolve("model.safetensors"));
        assertTrue(refused().contains("model.safetensors, model.safetensors.index.json"));
    }

    @Test
    void theSameSeedGivesTheSameWeightsOfGpt2sDistribution() {
        var config = ModelConfig.gpt2(500, 64, 64, 6, 4);
        try (var one = CausalLM.create(config, 5); var same = CausalLM.create(config, 5); var other = CausalLM.create(config, 6)) {
            for (var p : one.parameters().all()) {
                assertTrue(p.value().contentEquals(same.parameters().get(p.name()).value()));
                var values = p.value().toFloats();
                var expected = p.name().endsWith("c_proj.weight") ? 0.02 / Math.sqrt(12) : p.name().endsWith(".weight") && p.shape().length == 2 ? 0.02 : 0;
                if (expected == 0) continue;
                var squares = 0.0;
                for (var v : values) squares += v * v;
                assertEquals(expected, Math.sqrt(squares / values.length), expected * 0.06, p.name()); // 4,096 draws or more
            }
            assertTrue(!one.parameters().get("transformer.wte.weight").value().contentEquals(other.parameters().get("transformer.wte.weight").value()));
            assertEquals(one.config().parameterCount(), one.parameters().all().stream().mapToLong(p -> p.value().elementCount()).sum());
        }
    }

    @Test
    void aTextLongerThanTheContextAndAnUnknownIdAreErrors() {
        try (var model = CausalLM.create(CONFIG, 1)) {
            var tooLong = assertThrows(ModelException.class, () -> model.nextLogits(TokenBatch.of(new int[17])));
            assertTrue(tooLong.getMessage().contains("17") && tooLong.getMessage().contains("16"));
            var unknown = assertThrows(ModelException.class, () -> model.nextLogits(TokenBatch.of(new int[] {40})));
            assertTrue(unknown.getMessage().contains("40"));
            assertThrows(ModelException.class, () -> TokenBatch.of(new int[] {1}, new int[] {1, 2}));
            assertThrows(ModelException.class, () -> model.lossAndBackward(TokenBatch.of(new int[] {1, 2}), new int[][] {{1}}, 1));
        }
    }

    /** Every weight moved by a little both ways, on a model small enough to do so. */
    @Test
    void gradientsEqualFiniteDifferences() {
        try (var model = CausalLM.create(ModelConfig.gpt2(7, 6, 4, 1, 2), 3)) {
            model.computeIn(DType.FLOAT32);
            var ids = new int[][] {{1, 2, 3, 4, 5}, {6, 5, 1, 0, 2}};
            var labels = new int[][] {{1, 2, -100, 4, 5}, {6, 5, 1, -100, 2}};
            for (var p : model.parameters().all()) p.value().requiresGrad(true);
            model.lossAndBackward(TokenBatch.of(ids), labels, 1);
            for (var p : model.parameters().all()) {
                var gradient = p.value().grad().toFloats();
                var memory = p.value().memory();
                for (int i = 0; i < gradient.length; i += 3) {
                    var value = memory.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i);
                    var slopes = new double[2];
                    for (int side = 0; side < 2; side++) {
                        memory.setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, value + (side == 0 ? -4e-3f : 4e-3f));
                        slopes[side] = model.loss(TokenBatch.of(ids), labels).sum();
                    }
                    memory.setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, value);
                    assertEquals((slopes[1] - slopes[0]) / 8e-3, gradient[i], 6e-3 + 2e-2 * Math.abs(gradient[i]), p.name() + " " + i); // float32 sums near 15 over a step of 0.008; third order
                }
                assertArrayEquals(p.shape(), p.value().grad().shape());
            }
        }
    }
}
