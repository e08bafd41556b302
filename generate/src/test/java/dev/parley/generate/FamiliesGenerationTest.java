package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.files.Golden;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.WeightType;
import dev.parley.kernels.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each family on each engine against an independent PyTorch implementation. */
class FamiliesGenerationTest {

    private static final List<String> FOLDERS = List.of("gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny",
            "llama3-tiny", "llama-v5-config-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny");

    static Stream<Arguments> foldersAndEngines() {
        return FOLDERS.stream().flatMap(f -> Stream.of(Backend.JAVA, Backend.TORCH).map(e -> Arguments.of(f, e)));
    }

    private static CausalLM load(String folder, Backend engine) {
        return CausalLM.fromPretrained(Golden.folder(folder), WeightType.FLOAT32, DType.FLOAT32, engine);
    }

    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void greedyIdsAgree(String folder, Backend engine) throws IOException {
        var expected = Golden.expected(Golden.folder(folder)).path("greedy");
        try (var model = load(folder, engine)) {
            var prompts = new ArrayList<int[]>();
            for (var row : expected.path("rows")) prompts.add(Golden.ints(row.path("prompt_ids")));
            var config = GenerationConfig.builder().maxNewTokens(expected.path("max_new_tokens").asInt()).build();
            var together = new Generator(model).generate(prompts, config);
            for (int i = 0; i < prompts.size(); i++) {
                var wanted = Golden.ints(expected.path("rows").get(i).path("ids"));
                assertArrayEquals(wanted, together.get(i).ids());
                assertArrayEquals(wanted, new Generator(model).generate(List.of(prompts.get(i)), config).getFirst().ids());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void beamsAgree(String folder, Backend engine) throws IOException {
        try (var model = load(folder, engine)) {
            for (var beam : Golden.expected(Golden.folder(folder)).path("beam")) {
                var config = GenerationConfig.builder().numBeams(beam.path("num_beams").asInt()).numReturnSequences(beam.path("sequences").size())
                        .maxNewTokens(beam.path("max_new_tokens").asInt()).lengthPenalty(beam.path("length_penalty").asDouble())
                        .earlyStopping(beam.path("early_stopping").asBoolean() ? EarlyStopping.TRUE : EarlyStopping.FALSE)
                        .eosTokenIds(beam.path("eos_token_id").isNull() ? List.of() : List.of(beam.path("eos_token_id").asInt())).build();
                var prompt = Golden.ints(beam.path("prompt_ids"));
                try (var continuation = model.continueTexts(1, 64)) {
                    var found = new BeamSearch(config, prompt, config.maxNewTokens(), Optional.empty(), ids -> false).search(continuation, new Interruption(config, () -> false));
                    for (int i = 0; i < found.size(); i++) {
                        assertArrayEquals(Golden.ints(beam.path("sequences").get(i)), found.get(i).ids());
                        assertEquals(beam.path("scores").get(i).asDouble(), found.get(i).score(), 5e-5); // float32 of the reference: 3.8e-6
                    }
                }
            }
        }
    }

    /** A text's scores are the same to the last bit, whatever else is continued, and however its tokens were fed. */
    @ParameterizedTest
    @EnumSource(WeightType.class)
    void scoresDoNotDependOnTheOtherTexts(WeightType type) {
        for (var folder : List.of("gpt2-tiny", "qwen3-tiny", "mistral-tiny")) {
            try (var model = CausalLM.fromPretrained(Golden.folder(folder), type, DType.FLOAT32, Backend.JAVA);
                    var alone = model.continueTexts(1, 40); var together = model.continueTexts(5, 40)) {
                int[] ids = {3, 14, 15, 9, 26, 5, 35, 8, 9, 7, 9, 32, 38, 46};
                var rows = new int[5][];
                for (int row = 0; row < 5; row++) rows[row] = row == 2 ? ids : new int[] {row + 1, 2 * row + 1};
                assertArrayEquals(alone.feed(new int[][] {ids})[0], together.feed(rows)[2], folder);
                try (var singly = model.continueTexts(1, 40)) {
                    float[] last = {};
                    for (var id : ids) last = singly.feed(new int[][] {{id}})[0];
                    try (var again = model.continueTexts(1, 40)) {
                        var all = again.feedAll(new int[][] {ids})[0];
                        assertArrayEquals(last, all[ids.length - 1], folder);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void guessedTextEqualsPlainText(String folder, Backend engine) throws IOException {
        try (var model = load(folder, engine)) {
            var prompt = new int[] {5, 6, 7, 5, 6, 7, 5, 6};
            for (var temperature : new double[] {0, 1}) {
                var plain = GenerationConfig.builder().maxNewTokens(30).temperature(temperature).seed(7).build();
                assertArrayEquals(new Generator(model).generate(List.of(prompt), plain).getFirst().ids(),
                        new Generator(model).generate(List.of(prompt), plain.toBuilder().promptLookupNumTokens(4).build()).getFirst().ids());
            }
        }
    }

    /** A draft model that is the model itself, and guesses right; its int4 weights, mostly right; a model of other weights, mostly wrong. */
    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void aDraftModelChangesNothing(String folder, Backend engine) throws IOException {
        try (var model = load(folder, engine); var rough = CausalLM.fromPretrained(Golden.folder(folder), WeightType.INT4, DType.FLOAT32, engine);
                var stranger = CausalLM.create(model.config(), 5)) {
            var prompt = new int[] {5, 6, 7, 9, 3};
            for (var draft : List.of(model, rough, stranger)) {
                for (var temperature : new double[] {0, 1}) {
                    var config = GenerationConfig.builder().maxNewTokens(40).temperature(temperature).seed(3).numAssistantTokens(5).build();
                    assertArrayEquals(new Generator(model).generate(List.of(prompt), config).getFirst().ids(),
                            new Generator(model).withDraftModel(draft).generate(List.of(prompt), config).getFirst().ids());
                }
            }
        }
    }

    @Test
    void aDraftModelOfAnotherVocabularyIsRefused() {
        try (var model = CausalLM.create(ModelConfig.gpt2(60, 64, 32, 2, 2), 3); var other = CausalLM.create(ModelConfig.gpt2(61, 64, 32, 2, 2), 3)) {
            var refusal = assertThrows(ModelException.class, () -> new Generator(model).withDraftModel(other));
            assertTrue(refusal.getMessage().contains("61") && refusal.getMessage().contains("60"), refusal.getMessage());
        }
    }

    /** The ids of contrastive.json, which were computed without a cache in float64. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void contrastiveSearchAgrees(Backend engine) throws IOException {
        try (var file = getClass().getResourceAsStream("contrastive.json")) {
            for (var one : new ObjectMapper().readTree(file).path("cases")) {
                try (var model = load(one.path("model").asText(), engine)) {
                    var config = GenerationConfig.builder().maxNewTokens(20).penaltyAlpha(one.path("penalty_alpha").asDouble()).topK(one.path("top_k").asInt()).build();
                    var prompts = List.of(new int[] {1, 2}, Golden.ints(one.path("prompt_ids")));
                    assertArrayEquals(Golden.ints(one.path("ids")), new Generator(model).generate(prompts, config).get(1).ids());
                }
            }
        }
    }

    /** Quantised weights move the scores a little: the model stays the same model. */
    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void int8StaysNearFloat32(String folder, Backend engine) throws IOException {
        var ids = Golden.rows(Golden.expected(Golden.folder(folder)).path("input_ids"))[0];
        try (var wide = load(folder, engine); var narrow = CausalLM.fromPretrained(Golden.folder(folder), WeightType.INT8, DType.FLOAT32, engine);
                var a = wide.continueTexts(1, 40); var b = narrow.continueTexts(1, 40)) {
            float[] exact = a.feed(new int[][] {ids})[0], near = b.feed(new int[][] {ids})[0];
            double difference = 0, size = 0;
            for (int i = 0; i < exact.length; i++) {
                difference += Math.pow(exact[i] - near[i], 2);
                size += Math.pow(exact[i], 2);
            }
            assertTrue(Math.sqrt(difference / size) < 0.05, folder + ": " + Math.sqrt(difference / size));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JAVA", "TORCH"})
    void severalAnswersDifferAndRepeatWithTheSeed(Backend engine) {
        try (var model = load("llama-tiny", engine)) {
            var config = GenerationConfig.builder().maxNewTokens(12).temperature(1).numReturnSequences(3).seed(7).logprobs(2).build();
            var first = new Generator(model).generate(List.of(new int[] {1, 2, 3}), config);
            var again = new Generator(model).generate(List.of(new int[] {1, 2, 3}), config);
            assertEquals(3, first.stream().map(c -> Arrays.toString(c.ids())).distinct().count());
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(first.get(i).ids(), again.get(i).ids());
                assertEquals(12, first.get(i).logprobs().size());
                assertEquals(2, first.get(i).logprobs().getFirst().top().size());
                assertEquals(first.get(i).ids()[0], first.get(i).logprobs().getFirst().id());
            }
        }
    }
}
