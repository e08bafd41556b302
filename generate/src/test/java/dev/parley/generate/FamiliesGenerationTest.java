package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.RandomModels;
import dev.parley.model.WeightType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each family on each engine against an independent PyTorch implementation. */
class FamiliesGenerationTest {

    private static final List<String> FOLDERS = List.of("gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny",
            "llama-yarn-tiny",
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

    /** A text's scores are the same to the last bit, whatever else is continued, and however its tokens were fed. */
    @ParameterizedTest
    @EnumSource(WeightType.class)
    void scoresDoNotDependOnTheOtherTexts(WeightType type) {
        for (var folder : List.of("gpt2-tiny", "qwen3-tiny", "mistral-tiny")) {
            try (var model = CausalLM.fromPretrained(Golden.folder(folder), type, DType.FLOAT32, Backend.JAVA);
                    var session = model.openSession(1L << 20)) {
                int[] ids = {3, 14, 15, 9, 26, 5, 35, 8, 9, 7, 9, 32, 38, 46};
                var alone = session.feed(List.of(Feed.of(session.open(), ids))).getFirst().scores()[0].clone();
                var feeds = new ArrayList<Feed>();
                for (int row = 0; row < 5; row++)
                    feeds.add(row == 2 ? Feed.of(session.open(), ids) : Feed.of(session.open(), row + 1, 2 * row + 1));
                assertArrayEquals(alone, session.feed(feeds).get(2).scores()[0], folder);
                var singly = session.open();
                float[] last = {};
                for (var id : ids) last = session.feed(List.of(Feed.of(singly, id))).getFirst().scores()[0].clone();
                assertArrayEquals(alone, last, folder);
                var all = session.feed(List.of(new Feed(session.open(), ids, Scored.ALL, false))).getFirst().scores();
                assertArrayEquals(last, all[ids.length - 1], folder);
            }
        }
    }

    /** A fork goes on by itself, and what was cut off is as if it had never been. */
    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void aForkAndACutTextGoOnAsTheirTokensDo(String folder, Backend engine) {
        int[] ids = {3, 14, 15, 9, 26, 5, 35, 8, 9, 7, 9, 32, 38, 46};
        try (var model = load(folder, engine); var session = model.openSession(1L << 20); var text = session.open();
                var whole = session.open()) {
            session.feed(List.of(Feed.of(text, Arrays.copyOf(ids, 9))));
            try (var fork = text.fork()) {
                session.feed(List.of(Feed.of(fork, 1, 2, 3)));
                session.feed(List.of(Feed.of(text, 4, 5)));
                text.truncate(9);
                assertEquals(12, fork.length());
                var expected = session.feed(List.of(Feed.of(whole, ids))).getFirst().scores()[0].clone();
                var next = session.feed(List.of(Feed.of(text, Arrays.copyOfRange(ids, 9, ids.length)))).getFirst().scores()[0];
                assertArrayEquals(expected, next, 1e-4f); // libtorch rounds by how many tokens it reads at once; the Java engine does not
            }
        }
    }

    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void speculationGivesThePlainText(String folder, Backend engine) throws IOException {
        try (var model = load(folder, engine)) {
            var prompt = new int[] {5, 6, 7, 5, 6, 7, 5, 6};
            for (var temperature : new double[] {0, 1}) {
                var plain = GenerationConfig.builder().maxNewTokens(30).temperature(temperature).seed(7).build();
                assertArrayEquals(new Generator(model).generate(List.of(prompt), plain).getFirst().ids(),
                        new Generator(model).generate(List.of(prompt), plain.toBuilder().promptLookupNumTokens(4).build()).getFirst()
                                .ids());
            }
        }
    }

    /**
     * A draft model that is the model itself, and drafts right; its int4 weights, mostly right; a model of other weights, mostly wrong.
     */
    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void aDraftModelChangesNothing(String folder, Backend engine) throws IOException {
        try (var model = load(folder, engine);
                var rough = CausalLM.fromPretrained(Golden.folder(folder), WeightType.INT4, DType.FLOAT32, engine);
                var stranger = RandomModels.load(model.config(), 5)) {
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
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 64, 32, 2, 2), 3);
                var other = RandomModels.load(ModelConfig.gpt2(61, 64, 32, 2, 2), 3)) {
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
                    var config = GenerationConfig.builder().maxNewTokens(20).penaltyAlpha(one.path("penalty_alpha").asDouble())
                            .topK(one.path("top_k").asInt()).build();
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
        try (var wide = load(folder, engine);
                var narrow = CausalLM.fromPretrained(Golden.folder(folder), WeightType.INT8, DType.FLOAT32, engine);
                var a = wide.openSession(0); var b = narrow.openSession(0); var exactText = a.open(); var nearText = b.open()) {
            var exact = a.feed(List.of(Feed.of(exactText, ids))).getFirst().scores()[0];
            var near = b.feed(List.of(Feed.of(nearText, ids))).getFirst().scores()[0];
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
