package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.Generator;
import dev.parley.generate.NaiveDecoder;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Short convolutions read what the cache keeps of the tokens before: whatever cuts, forks, shares or gives back a cache, a text is the
 * one that is read anew for each of its tokens.
 */
@Timeout(120)
class ConvolutionsInCacheTest {

    private static final String CONFIG = """
            {"model_type": "lfm2", "vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 5, "num_attention_heads": 4,
             "num_key_value_heads": 2, "intermediate_size": 48, "block_auto_adjust_ff_dim": false, "max_position_embeddings": 512,
             "conv_L_cache": 4, "layer_types": ["conv", "full_attention", "conv", "conv", "full_attention"]}""";
    private static final int[] TEXT = prompt(1, 200);
    private static final GenerationConfig GREEDY = GenerationConfig.builder().temperature(0).maxNewTokens(15).ignoreEos(true).build();
    private static final GenerationConfig DRAWN = GREEDY.toBuilder().temperature(1.5).seed(3).build();
    private static final GenerationConfig LOOKUP = DRAWN.toBuilder().promptLookupNumTokens(4).build();
    private static final GenerationConfig BEAMS = GREEDY.toBuilder().numBeams(4).numReturnSequences(4).temperature(2).seed(1).build();
    private static final GenerationConfig CONTRASTIVE = GREEDY.toBuilder().penaltyAlpha(0.6).topK(4).build();

    @TempDir
    static Path folder;

    @BeforeAll
    static void make() throws IOException {
        var config = Files.writeString(folder.resolve("published.json"), CONFIG);
        TinyModels.writeAttentive(folder, ModelConfig.read(config));
    }

    private static CausalLM load(WeightType type, Backend engine) {
        return CausalLM.fromPretrained(folder, type, DType.FLOAT32, engine);
    }

    private static int[] prompt(int seed, int length) {
        return new Random(seed).ints(length, 0, 20).toArray();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void scoresDoNotDependOnHowTokensWereFedNorOnSevenOtherTexts(WeightType type) {
        try (var model = load(type, Backend.JAVA); var session = model.openSession(1L << 24)) {
            var whole = session.feed(List.of(new Feed(session.open(), TEXT, Scored.ALL, false))).getFirst().scores();
            whole = Arrays.stream(whole).map(float[]::clone).toArray(float[][]::new);
            for (int piece : new int[] {1, 3, 63, 64, 65, 127}) {
                var sequences = IntStream.range(0, 8).mapToObj(i -> session.open()).toList();
                for (int from = 0, round = 0; from < TEXT.length; from += piece, round++) {
                    var feeds = new ArrayList<Feed>();
                    for (int row = 0; row < 8; row++)
                        if (row != 5) feeds.add(Feed.of(sequences.get(row), prompt(row + round, 1 + (row + round) % 2)));
                    feeds.add(Feed.of(sequences.get(5), Arrays.copyOfRange(TEXT, from, Math.min(TEXT.length, from + piece))));
                    var last = session.feed(feeds).getLast().scores()[0];
                    assertArrayEquals(whole[Math.min(TEXT.length, from + piece) - 1], last, "pieces of " + piece + ", from " + from);
                }
                sequences.forEach(sequence -> sequence.close());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JAVA", "TORCH"})
    void aTextThatWasCutAnywhereGoesOnAsItsTokensDo(Backend engine) {
        // libtorch rounds by how many tokens it reads at once; the Java engine does not
        var tolerance = engine == Backend.JAVA ? 0 : 1e-4f;
        try (var model = load(WeightType.FLOAT32, engine); var session = model.openSession(1L << 24); var text = session.open()) {
            var whole = session.feed(List.of(new Feed(text, TEXT, Scored.ALL, false))).getFirst().scores();
            whole = Arrays.stream(whole).map(float[]::clone).toArray(float[][]::new);
            for (int cut : new int[] {0, 1, 2, 3, 62, 63, 64, 65, 66, 67, 127, 128, 129, 131, 199}) {
                try (var fork = text.fork()) {
                    fork.truncate(cut);
                    session.feed(List.of(Feed.of(fork, 7, 8, 9, 10, 11)));
                    fork.truncate(cut);
                    var rest = session.feed(List.of(new Feed(fork, Arrays.copyOfRange(TEXT, cut, TEXT.length), Scored.ALL, false)))
                            .getFirst().scores();
                    for (int t = cut; t < TEXT.length; t++) assertArrayEquals(whole[t], rest[t - cut], tolerance, "cut at " + cut);
                }
            }
        }
    }

    /** The second time all but the last block of a prompt is known. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void eachStrategyGivesItsPlainTextAmongTheOthersAndAfterAKnownBeginning(WeightType type) {
        var configs = List.of(GREEDY, DRAWN, LOOKUP, BEAMS, CONTRASTIVE);
        try (var model = load(type, Backend.JAVA);
                var engine = new InferenceEngine(model, Tokenizer.fromPretrained("gpt2"), Limits.DEFAULT)) {
            for (int known : new int[] {0, 128}) {
                var kept = configs.stream().map(config -> new Kept()).toList();
                for (int i = 0; i < kept.size(); i++) engine.submit(TextRequest.of(textFor(i), configs.get(i)), kept.get(i));
                kept.forEach(Kept::await); // the model is the engine's until then
                for (int i = 0; i < kept.size(); i++) {
                    var answer = kept.get(i).await();
                    assertEquals(configs.get(i) == CONTRASTIVE ? 0 : known, answer.cachedTokens()); // that one needs a state of each token
                    assertPlain(model, textFor(i), configs.get(i), answer);
                }
            }
        }
    }

    /** A text whose end is not that of a block. */
    private static int[] textFor(int request) {
        return prompt(20 + request, 132 + 9 * request);
    }

    private static void assertPlain(CausalLM model, int[] prompt, GenerationConfig config, InferenceEngine.Answer answer) {
        var found = answer.completions();
        if (config != BEAMS && config != CONTRASTIVE) {
            assertArrayEquals(NaiveDecoder.decode(model, prompt, config, 0), found.getFirst().ids());
            return;
        }
        var alone = new Generator(model).generate(List.of(prompt), config);
        for (int row = 0; row < alone.size(); row++) assertArrayEquals(alone.get(row).ids(), found.get(row).ids(), "row " + row);
    }

    /** Where libtorch reads long prompts, the Java engine goes on from the states that it left. */
    @Test
    void whatLibtorchHasReadTheJavaEngineGoesOnFrom() {
        var ids = Arrays.copyOf(TEXT, 150);
        try (var model = load(WeightType.FLOAT32, Backend.AUTO); var session = model.openSession(1L << 24); var read = session.open();
                var fed = session.open()) {
            session.feed(List.of(new Feed(read, ids, Scored.NONE, false)));
            for (int from = 0; from < ids.length; from += 50) // too few tokens to be read by libtorch
                session.feed(List.of(new Feed(fed, Arrays.copyOfRange(ids, from, from + 50), Scored.NONE, false)));
            for (var id : prompt(8, 10)) {
                var scores = session.feed(List.of(Feed.of(read, id), Feed.of(fed, id)));
                assertArrayEquals(scores.getLast().scores()[0], scores.getFirst().scores()[0], 1e-4f);
            }
        }
    }

    /** Branches that are forked, cut back and put together by the two engines, which have nothing of a cache in common. */
    @Test
    void bothEnginesGiveTheSameBeamsAndTheSameContrastiveText() {
        try (var ours = load(WeightType.FLOAT32, Backend.JAVA); var torch = load(WeightType.FLOAT32, Backend.TORCH)) {
            for (var config : List.of(BEAMS, CONTRASTIVE, LOOKUP)) {
                var expected = new Generator(torch).generate(List.of(prompt(3, 125)), config);
                var found = new Generator(ours).generate(List.of(prompt(3, 125)), config);
                for (int row = 0; row < expected.size(); row++) assertArrayEquals(expected.get(row).ids(), found.get(row).ids());
            }
        }
    }

    /** The model itself as its draft is right always, its int4 weights now and then. */
    @ParameterizedTest
    @EnumSource(names = {"JAVA", "TORCH"})
    void draftsThatAreRefusedLeaveNothingBehind(Backend engine) {
        try (var model = load(WeightType.FLOAT32, engine); var rough = load(WeightType.INT4, engine)) {
            for (var draft : List.of(model, rough)) {
                var config = DRAWN.toBuilder().numAssistantTokens(5).build();
                assertArrayEquals(NaiveDecoder.decode(model, prompt(4, 120), config, 0),
                        new Generator(model).withDraftModel(draft).generate(List.of(prompt(4, 120)), config).getFirst().ids());
            }
        }
    }

    /** Memory is of nine blocks, less than these texts need. */
    @Test
    void textsThatHadToGiveTheirMemoryBackGoOnAsTheyWere() {
        var configs = List.of(GREEDY, BEAMS, DRAWN, CONTRASTIVE, LOOKUP);
        try (var model = load(WeightType.FLOAT32, Backend.JAVA); var engine = new InferenceEngine(model, Tokenizer.fromPretrained("gpt2"),
                new Limits(20, 100, 1, 64))) {
            var kept = configs.stream().map(config -> new Kept()).toList();
            for (int i = 0; i < kept.size(); i++) engine.submit(TextRequest.of(textFor(i), configs.get(i)), kept.get(i));
            kept.forEach(Kept::await);
            for (int i = 0; i < kept.size(); i++) assertPlain(model, textFor(i), configs.get(i), kept.get(i).await());
            assertTrue(engine.stats().preempted() > 0, "no text had to wait for memory");
        }
    }
}
