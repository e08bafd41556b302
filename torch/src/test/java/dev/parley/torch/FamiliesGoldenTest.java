package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each family against numbers of an independent PyTorch implementation, computed in float64. */
class FamiliesGoldenTest {

    /** The reference in float32 lies 5e-6 from float64; ours may order its sums differently. */
    private static final double LOGITS = 5e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "gpt2-tiny-noprefix", "gpt2-tiny-bin", "gpt2-tiny-sharded", "gpt2-tiny-bf16", "gpt2-tiny-fp16",
        "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
        "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void logitsAndLossesAgree(String name) throws Exception {
        var golden = Golden.folder(name);
        var expected = Golden.expected(golden);
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32); var scope = Scope.open()) {
            assertLogits(expected, model);
            var ids = Golden.rows(expected.path("input_ids"));
            assertEquals(expected.path("loss").asDouble(), model.loss(TrainingBatch.of(ids)).mean(), 5e-6);
            assertEquals(expected.path("loss_targets").asLong(), model.loss(TrainingBatch.of(ids)).targets());
            var masked = model.loss(TrainingBatch.of(ids, Golden.rows(expected.path("labels_masked"))));
            assertEquals(expected.path("loss_masked").asDouble(), masked.mean(), 5e-6);
            assertEquals(expected.path("loss_masked_targets").asLong(), masked.targets());
            var logprobs = model.tokenLogprobs(ids);
            for (int b = 0; b < ids.length; b++) {
                for (int t = 0; t < logprobs[b].length; t++) {
                    assertEquals(expected.path("token_logprobs").get(b).get(t).asDouble(), logprobs[b][t], 5e-5);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JAVA", "TORCH"})
    void logprobsOfModelsThatRunAgreeOnEachEngine(Backend engine) throws Exception {
        for (var name : List.of("gpt2-tiny", "gpt2-tiny-bf16", "llama3-tiny", "mistral-tiny", "qwen3-tiny")) {
            var expected = Golden.expected(Golden.folder(name));
            var ids = Golden.rows(expected.path("input_ids"));
            try (var model = CausalLM.fromPretrained(Golden.folder(name), WeightType.FLOAT32, DType.FLOAT32, engine)) {
                var logprobs = model.tokenLogprobs(ids);
                for (int b = 0; b < ids.length; b++) {
                    assertEquals(ids[b].length - 1, logprobs[b].length);
                    for (int t = 0; t < logprobs[b].length; t++) {
                        assertEquals(expected.path("token_logprobs").get(b).get(t).asDouble(), logprobs[b][t], 5e-5, name);
                    }
                }
            }
        }
    }

    private static void assertLogits(JsonNode expected, TrainableLM model) {
        var ids = Golden.rows(expected.path("input_ids"));
        var logits = model.logits(TokenBatch.of(ids)).toFloats();
        var i = 0;
        for (var row : expected.path("logits")) {
            for (var position : row) {
                for (var value : position) assertEquals(value.asDouble(), logits[i++], LOGITS);
            }
        }
        assertEquals(i, logits.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "gpt2-tiny-bin", "gpt2-tiny-bf16", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny",
        "llama-yarn-tiny", "llama3-tiny",
        "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void gradientsAgree(String name) throws Exception {
        var golden = Golden.folder(name);
        var expected = Golden.expected(golden);
        try (var model = withoutDropout(golden); var scope = Scope.open()) {
            for (var p : model.parameters().all()) p.learn(true);
            var ids = Golden.rows(expected.path("input_ids"));
            var labels = Golden.rows(expected.path("labels_masked"));
            model.lossAndBackward(TrainingBatch.of(ids, labels), expected.path("loss_masked_targets").asDouble());
            var squares = 0.0;
            for (var tensor : expected.path("gradients").path("tensors").properties()) {
                var values = model.parameters().get(tensor.getKey()).gradient().toFloats();
                var norm = Math.sqrt(sumOfSquares(values));
                squares += norm * norm;
                var wanted = tensor.getValue().path("norm").asDouble();
                assertEquals(wanted, norm, 1e-5 * wanted + 1e-6, tensor.getKey()); // float32 of the reference: 1.25e-6
                for (var entry : tensor.getValue().path("entries")) {
                    assertEquals(entry.get(1).asDouble(), values[entry.get(0).asInt()], 1e-5 * wanted, tensor.getKey());
                }
            }
            assertEquals(expected.path("gradients").path("global_norm").asDouble(), Math.sqrt(squares), 1e-4);
        }
    }

    /** The golden models' config.json has dropout, and the golden gradients have none. */
    private TrainableLM withoutDropout(Path golden) throws IOException {
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32)) {
            model.savePretrained(folder);
        }
        ModelConfig.read(folder.resolve("config.json")).withDropout(0).write(folder.resolve("config.json"));
        return TrainableLM.fromPretrained(folder, DType.FLOAT32);
    }

    private static double sumOfSquares(float[] values) {
        var sum = 0.0;
        for (var value : values) sum += (double) value * value;
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
        "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void aLeftPaddedBatchEqualsItsRowsAlone(String name) throws Exception {
        var golden = Golden.folder(name);
        var expected = Golden.expected(golden);
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32)) {
            var padded = expected.path("left_padded");
            var batch = new TokenBatch(Golden.rows(padded.path("input_ids")), Golden.rows(padded.path("attention_mask")));
            assertArrayEquals(Arrays.stream(Golden.rows(padded.path("position_ids"))).flatMapToInt(Arrays::stream)
                    .map(p -> Math.max(0, p)).asLongStream().toArray(), clampedPads(model.config(), batch));
            var together = model.nextLogits(batch);
            var prompts = expected.path("greedy").path("rows");
            for (int b = 0; b < together.length; b++) {
                var alone = model.nextLogits(TokenBatch.of(Golden.ints(prompts.get(b).path("prompt_ids"))))[0];
                for (int v = 0; v < alone.length; v++) {
                    assertEquals(padded.path("last_logits").get(b).get(v).asDouble(), together[b][v], LOGITS);
                    assertEquals(alone[v], together[b][v], LOGITS);
                }
            }
        }
    }

    /** The golden file gives padding the position 1, as transformers does; nothing sees it, and ours is 0. */
    private static long[] clampedPads(ModelConfig config, TokenBatch batch) {
        var positions = ForwardContext.of(config, batch, 0, DType.FLOAT32).positions().toLongs();
        for (int i = 0; i < positions.length; i++) {
            if (batch.attentionMask()[i / batch.length()][i % batch.length()] == 0) positions[i] = 1;
        }
        return positions;
    }

    @Test
    void aContinuationsLogprobsAgree() throws Exception {
        var golden = Golden.folder("gpt2-tiny");
        var expected = Golden.expected(golden).path("continuation");
        var prompt = Golden.ints(expected.path("prompt_ids"));
        var continuation = Golden.ints(expected.path("continuation_ids"));
        var ids = Arrays.copyOf(prompt, prompt.length + continuation.length);
        System.arraycopy(continuation, 0, ids, prompt.length, continuation.length);
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32)) {
            var logprobs = model.tokenLogprobs(new int[][] {ids})[0];
            for (int i = 0; i < continuation.length; i++) {
                assertEquals(expected.path("logprobs").get(i).asDouble(), logprobs[prompt.length - 1 + i], 5e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
        "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void theCacheGivesWhatThePrefixGives(String name) throws Exception {
        var golden = Golden.folder(name);
        var ids = Golden.rows(Golden.expected(golden).path("input_ids"))[0];
        try (var model = CausalLM.fromPretrained(golden, WeightType.FLOAT32, DType.FLOAT32, Backend.TORCH);
                var session = model.openSession(0); var text = session.open();
                var trainable = TrainableLM.fromPretrained(golden, DType.FLOAT32)) {
            var fed = 0;
            for (var piece : List.of(7, 1, 1, 5, 6)) {
                var next = session.feed(List.of(Feed.of(text, Arrays.copyOfRange(ids, fed, fed + piece)))).getFirst().scores()[0];
                fed += piece;
                var whole = trainable.nextLogits(TokenBatch.of(Arrays.copyOf(ids, fed)))[0];
                for (int v = 0; v < whole.length; v++) assertEquals(whole[v], next[v], LOGITS);
            }
            assertEquals(20, text.length());
        }
    }

    @Test
    void bfloat16LiesNearFloat32() throws Exception {
        var golden = Golden.folder("gpt2-tiny");
        var ids = Golden.rows(Golden.expected(golden).path("input_ids"));
        try (var wide = TrainableLM.fromPretrained(golden, DType.FLOAT32);
                var narrow = TrainableLM.fromPretrained(golden, DType.BFLOAT16)) {
            // bfloat16 keeps 8 bits: a loss of 7.6 over random wide weights moves by less than one percent.
            assertEquals(wide.loss(TrainingBatch.of(ids)).mean(), narrow.loss(TrainingBatch.of(ids)).mean(), 0.076);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gpt2-tiny", "gpt2-tiny-bin", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
                "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void whatIsSavedLoadsTheSame(String name) throws Exception {
        var golden = Golden.folder(name);
        try (var model = TrainableLM.fromPretrained(golden, DType.FLOAT32); var scope = Scope.open()) {
            model.savePretrained(folder);
            try (var again = TrainableLM.fromPretrained(folder, DType.FLOAT32)) {
                assertEquals(model.config(), again.config());
                for (var p : model.parameters().all()) assertTrue(p.value().contentEquals(again.parameters().get(p.name()).value()));
                assertLogits(Golden.expected(golden), again);
            }
        }
    }
}
