package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.grammar.Grammar;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that go on where one was broken off, against the same answer in one go. */
class BegunAnswerTest extends EngineTest {

    private static final int[] PROMPT = {464, 3290, 318};

    private static InferenceEngine engine;

    @BeforeAll
    static void startEngine() {
        engine = engine(InferenceEngine.Limits.DEFAULT);
    }

    @AfterAll
    static void closeEngine() {
        engine.close();
    }

    private record Told(Completion completion, String text) {}

    private static Told run(TextRequest request) throws Exception {
        var text = new StringBuffer();
        var answer = new CompletableFuture<Answer>();
        engine.submit(request, new InferenceEngine.Listener() {
            @Override
            public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String piece) {
                text.append(piece);
            }

            @Override
            public void onEnd(Answer ended) {
                answer.complete(ended);
            }

            @Override
            public void onFailure(RuntimeException failure) {
                answer.completeExceptionally(failure);
            }
        });
        return new Told(answer.get(60, TimeUnit.SECONDS).completions().getFirst(), text.toString());
    }

    private static Told begun(int[] begun, GenerationConfig config) throws Exception {
        var prompt = IntStream.concat(IntStream.of(PROMPT), IntStream.of(begun)).toArray();
        return run(new TextRequest(prompt, config, "", false, Optional.empty(), begun.length));
    }

    @Test
    void anAnswerBrokenOffAnywhereGoesOnAsTheWholeDid() throws Exception {
        // A presence penalty sees the answer alone: it would draw otherwise if the beginning counted as prompt.
        var config = GenerationConfig.builder().temperature(0).presencePenalty(2).maxNewTokens(60).ignoreEos(true).build();
        var whole = run(TextRequest.of(PROMPT, config));
        assertEquals(whole.completion().text(), whole.text());
        for (int n = 1; n < 60; n++) { // some of these cut characters in two
            var rest = begun(Arrays.copyOf(whole.completion().ids(), n), config.withMaxNewTokens(60 - n));
            assertArrayEquals(Arrays.copyOfRange(whole.completion().ids(), n, 60), rest.completion().ids(), "from " + n);
            assertEquals(whole.text(), rest.text(), "from " + n);
            assertEquals(whole.text(), rest.completion().text(), "from " + n);
        }
    }

    @Test
    void halfACharacterThatWasBegunIsMadeWhole() throws Exception {
        var ids = TOKENIZER.encode("🌱");
        var config = GenerationConfig.builder().temperature(0).maxNewTokens(ids.length - 1).grammar(Grammar.ofChoice(List.of("🌱")))
                .build();
        assertEquals("🌱", begun(Arrays.copyOf(ids, 1), config).text());
    }

    @Test
    void aStopStringIsSeenOverTheBorder() throws Exception {
        var config = GenerationConfig.builder().temperature(0).maxNewTokens(20).grammar(Grammar.ofChoice(List.of("one STOP two")))
                .stopStrings(List.of("STOP")).build();
        var told = begun(TOKENIZER.encode("one ST"), config);
        assertEquals("one ", told.text());
        assertEquals(FinishReason.STOP, told.completion().finishReason());
    }

    @Test
    void aFormThatTheBeginningHasFilledEndsAtOnce() throws Exception {
        var config = GenerationConfig.builder().temperature(0).maxNewTokens(20).grammar(Grammar.ofChoice(List.of("yes"))).build();
        var told = begun(TOKENIZER.encode("yes"), config);
        assertEquals("yes", told.text());
        assertEquals(0, told.completion().ids().length);
        assertEquals(FinishReason.STOP, told.completion().finishReason());
    }

    @Test
    void moreThanThePromptCannotBeBegun() {
        assertThrows(IllegalArgumentException.class,
                () -> new TextRequest(PROMPT, GenerationConfig.DEFAULT, "", false, Optional.empty(), 4));
    }
}
