package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfig.EndDecay;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How texts begin and end, alone and with beams, in the order in which transformers applies its processors. */
class FirstAndLastTokensTest {

    private static final int[] PROMPT = {4, 8, 15};

    @TempDir
    Path folder;

    private static CausalLM model() {
        return RandomModels.load(ModelConfig.gpt2(60, 64, 32, 2, 2), 3);
    }

    private static Completion text(CausalLM model, int[] prompt, GenerationConfigBuilder config) {
        return new Generator(model).generate(List.of(prompt), config.build()).getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void forcedTokensComeAlsoWhereEarlierProcessorsKeepThemOut(int beams) {
        try (var model = model()) {
            var config = GenerationConfig.builder().maxNewTokens(5).numBeams(beams).forcedEosTokenId(4).eosTokenIds(List.of(4));
            for (var kept : List.of(config.minNewTokens(5), config.minNewTokens(0).minLength(20), config.minLength(0).noRepeatNgramSize(1),
                    config.badWordsIds(List.of(List.of(4))))) {
                var ids = text(model, PROMPT, kept).ids();
                assertEquals(5, ids.length);
                assertEquals(4, ids[4]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theForcedFirstTokenFollowsASingleOne(int beams) {
        try (var model = model()) {
            var config = GenerationConfig.builder().maxNewTokens(5).numBeams(beams).forcedBosTokenId(9);
            assertEquals(9, text(model, new int[] {7}, config).ids()[0]);
            assertEquals(9, text(model, new int[] {7}, config.noRepeatNgramSize(1).beginSuppressTokens(List.of(9))).ids()[0]);
            assertNotEquals(9,
                    text(model, PROMPT, GenerationConfig.builder().maxNewTokens(5).numBeams(beams).beginSuppressTokens(List.of(9)))
                            .ids()[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void suppressedFirstTokensComeLater(int beams) {
        try (var model = model()) {
            var free = text(model, PROMPT, GenerationConfig.builder().maxNewTokens(20).numBeams(beams)).ids();
            var config = GenerationConfig.builder().maxNewTokens(20).numBeams(beams).beginSuppressTokens(List.of(free[0]));
            assertNotEquals(free[0], text(model, PROMPT, config).ids()[0]);
        }
    }

    /** scores[end] += |scores[end]| (factor^(length - start - prompt) - 1), past the start; transformers' ExponentialDecayLengthPenalty. */
    @Test
    void endingBecomesLikelierWithTheLength() {
        var config = GenerationConfig.builder().eosTokenIds(List.of(1, 99)).exponentialDecayLengthPenalty(new EndDecay(2, 1.5)).build();
        for (int length = 3; length < 9; length++) {
            var scores = new float[] {1, -2, 3};
            for (var processor : LogitsProcessor.of(config, 3, 10, Optional.empty())) processor.process(new int[length], scores);
            assertArrayEquals(new float[] {1, length <= 5 ? -2 : (float) (-2 + 2 * (Math.pow(1.5, length - 5) - 1)), 3}, scores, 1e-6f);
        }
    }

    @Test
    void minLengthCountsThePrompt() {
        try (var model = model()) {
            var free = text(model, PROMPT, GenerationConfig.builder().maxNewTokens(12)).ids();
            var config = GenerationConfig.builder().maxNewTokens(12).eosTokenIds(Arrays.stream(free).distinct().boxed().toList());
            assertEquals(1, text(model, PROMPT, config).ids().length);
            assertTrue(text(model, PROMPT, config.minLength(9)).ids().length >= 7);
        }
    }

    @Test
    void anEndTokenBeyondTheVocabularyNeverComes() {
        try (var model = model()) {
            for (int beams = 1; beams <= 2; beams++) {
                var config = GenerationConfig.builder().maxNewTokens(6).numBeams(beams).minNewTokens(3).minLength(8)
                        .eosTokenIds(List.of(60, 1_000_000)).forcedEosTokenId(70);
                assertEquals(6, text(model, PROMPT, config).ids().length);
            }
        }
    }

    @Test
    void timeThatHasPassedEndsATextAtItsLength() {
        try (var model = model()) {
            for (int beams = 1; beams <= 2; beams++) {
                var late = text(model, PROMPT, GenerationConfig.builder().maxTime(1e-9).numBeams(beams));
                assertEquals(FinishReason.LENGTH, late.finishReason());
                assertTrue(late.ids().length <= 1);
            }
        }
    }

    @Test
    void drawsDependOnTheNumberAmongThePromptsAnswersAndNotOnTheBatch() {
        var config = GenerationConfig.DEFAULT.withMaxNewTokens(12).withSampling(1.3, 0, 1, 0).withSeed(5).toBuilder().numReturnSequences(2)
                .build();
        try (var model = model()) {
            var generator = new Generator(model);
            var alone = generator.generate(List.of(PROMPT), config);
            var batch = generator.generate(List.of(new int[] {1, 2}, PROMPT, PROMPT), config);
            assertFalse(Arrays.equals(alone.get(0).ids(), alone.get(1).ids()));
            for (int i = 0; i < 4; i++) assertArrayEquals(alone.get(i % 2).ids(), batch.get(2 + i).ids());
        }
    }

    @Test
    void aPromptIsReadAsTheModelReadsATextAndASpecialTokenIsAStopString() throws Exception {
        var golden = Golden.folder("tokenizers").resolve("mistral");
        try (var in = new GZIPInputStream(Files.newInputStream(golden.resolve("tokenizer.json.gz")))) {
            Files.copy(in, folder.resolve("tokenizer.json"));
        }
        var tokenizer = Tokenizer.load(folder);
        try (var model = RandomModels.load(ModelConfig.llama(tokenizer.vocabSize(), 32, 16, 1, 2, 1, 32), 3)) {
            var config = GenerationConfig.builder().maxNewTokens(8).sequenceBias(java.util.Map.of(List.of(2), 1e4)); // </s> comes at once
            var generator = new Generator(model, tokenizer);
            var answer = generator.generate("Hello", config.build());
            assertArrayEquals(tokenizer.encodeForModel("Hello"), answer.promptIds());
            assertEquals(1, answer.promptIds()[0]);
            assertEquals(8, answer.ids().length);
            for (int beams = 1; beams <= 2; beams++) {
                var stopped = generator.generate("Hello", config.numBeams(beams).stopStrings(List.of("</s>")).build());
                assertEquals(List.of(1, FinishReason.STOP, ""), List.of(stopped.ids().length, stopped.finishReason(), stopped.text()));
            }
        }
    }
}
