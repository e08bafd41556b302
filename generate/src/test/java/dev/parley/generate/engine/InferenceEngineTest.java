package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.NaiveDecoder;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The engine against a decoder that runs each text alone, and from its beginning for each token. */
class InferenceEngineTest extends EngineTest {

    private static List<Kept> submitAll(InferenceEngine engine, List<int[]> prompts, GenerationConfig config) {
        var all = new ArrayList<Kept>();
        for (var prompt : prompts) {
            all.add(new Kept());
            engine.submit(TextRequest.of(prompt, config), all.getLast());
        }
        return all;
    }

    @Test
    void theFirstTokenIsToldAtOnceAndThoseAfterItSeveralTogether() {
        var config = GREEDY.withMaxNewTokens(300);
        var counts = Collections.synchronizedList(new ArrayList<Integer>());
        var kept = new Kept() {

            @Override
            public void onTokens(int row, int[] newIds, List<TokenLogprob> logprobs, String piece) {
                counts.add(newIds.length);
                super.onTokens(row, newIds, logprobs, piece);
            }
        };
        try (var engine = engine(Limits.DEFAULT)) {
            engine.submit(TextRequest.of(new int[] {7}, config), kept);
            assertEquals(kept.await().completions().getFirst().text(), kept.text.toString());
        }
        assertEquals(300, kept.ids.size());
        assertEquals(1, counts.getFirst());
        assertTrue(counts.size() < 200, "a model of a few milliseconds a token was listened to " + counts.size() + " times");
    }

    private static void assertAsAlone(List<int[]> prompts, GenerationConfig config, List<Kept> together) {
        together.forEach(Kept::await); // the model is the engine's until then
        for (int i = 0; i < prompts.size(); i++) {
            var answer = together.get(i).await();
            for (int row = 0; row < config.numReturnSequences(); row++) {
                var alone = NaiveDecoder.decode(model, prompts.get(i), config, row);
                var completion = answer.completions().get(row);
                assertArrayEquals(alone, completion.ids(), "prompt " + i + ", text " + row);
                assertEquals(TOKENIZER.decode(alone, true), completion.text());
                assertEquals(FinishReason.LENGTH, completion.finishReason());
            }
        }
    }

    @Test
    void aTextIsTheSameAloneAndAmongOthers() {
        var prompts = prompts(12, 200);
        try (var engine = engine(new Limits(5, 100, 1L << 30, 16))) {
            assertAsAlone(prompts, GREEDY, submitAll(engine, prompts, GREEDY));
        }
    }

    @Test
    void aDrawnTextIsTheSameAloneAndAmongOthers() {
        var drawn = GenerationConfig.builder().temperature(0.9).topP(0.95).repetitionPenalty(1.1).seed(3).maxNewTokens(20)
                .numReturnSequences(3).build();
        var prompts = prompts(5, 150);
        try (var engine = engine(Limits.DEFAULT)) {
            assertAsAlone(prompts, drawn, submitAll(engine, prompts, drawn));
        }
    }

    private static int cachedTokens(InferenceEngine engine, int[] prompt, String owner) {
        var kept = new Kept();
        engine.submit(new TextRequest(prompt, GREEDY, owner, false, Optional.empty()), kept);
        return kept.await().cachedTokens();
    }

    @Test
    void whatAnotherOwnerHasAskedIsNotToldByWhatIsKnown() throws Exception {
        var prompt = new Random(10).ints(300, 0, 50_000).toArray();
        try (var engine = engine(Limits.DEFAULT)) {
            assertEquals(0, cachedTokens(engine, prompt, "ada"));
            assertEquals(0, cachedTokens(engine, prompt, "bob"));
            assertEquals(256, cachedTokens(engine, prompt, "bob"));
            engine.embedding("mal", prompt, List.of(Pooling.MEAN)).get(60, TimeUnit.SECONDS);
            assertEquals(0, cachedTokens(engine, prompt, "zoe"));
        }
        try (var engine = engine(Limits.DEFAULT.withSharedPrefixes(true))) {
            assertEquals(0, cachedTokens(engine, prompt, "ada"));
            assertEquals(256, cachedTokens(engine, prompt, "bob"));
        }
    }

    @Test
    void aKnownBeginningIsNotReadAgainAndChangesNothing() {
        var prompt = prompts(1, 1).getFirst();
        prompt = new Random(9).ints(300, 0, 50_000).toArray();
        var longer = IntStream.concat(IntStream.of(prompt), IntStream.range(0, 30)).toArray();
        try (var engine = engine(Limits.DEFAULT)) {
            var first = submitAll(engine, List.of(prompt), GREEDY);
            assertEquals(0, first.getFirst().await().cachedTokens());
            var second = submitAll(engine, List.of(prompt, longer), GREEDY);
            assertAsAlone(List.of(prompt, longer), GREEDY, second);
            assertEquals(256, second.get(0).await().cachedTokens(), "four full blocks");
            assertEquals(256, second.get(1).await().cachedTokens());
        }
    }

    @Test
    void anAnswerIsAKnownBeginningOfTheNextTurn() {
        var prompt = new Random(9).ints(100, 0, 50_000).toArray();
        try (var engine = engine(Limits.DEFAULT)) {
            var first = submitAll(engine, List.of(prompt), GREEDY).getFirst().await();
            var next = IntStream.concat(IntStream.of(prompt),
                    IntStream.concat(IntStream.of(first.completions().getFirst().ids()), IntStream.of(5, 6, 7))).toArray();
            var second = submitAll(engine, List.of(next), GREEDY);
            assertAsAlone(List.of(next), GREEDY, second);
            assertEquals(128, second.getFirst().await().cachedTokens());
        }
    }

    @Test
    void textsWaitForMemoryAndGoOnAsIfNothingHadBeen() {
        var prompts = prompts(8, 180);
        var config = GREEDY.withMaxNewTokens(150);
        try (var engine = engine(new Limits(8, 100, 1, 64))) { // one context and a block: about two of these texts
            assertAsAlone(prompts, config, submitAll(engine, prompts, config));
            assertTrue(engine.stats().preempted() > 0, "no text had to wait for memory");
        }
    }

    @Test
    void aFullQueueRefuses() {
        try (var engine = engine(new Limits(1, 2, 1L << 30, 64))) {
            assertThrows(QueueFullException.class, () -> {
                for (int i = 0; i < 100; i++) submitAll(engine, List.of(new int[] {i}), GREEDY.withMaxNewTokens(400));
            });
        }
    }

    @Test
    void whoAsksMuchWaitsForWhoAsksLittle() {
        try (var engine = engine(new Limits(1, 100, 1L << 30, 64))) {
            var order = Collections.synchronizedList(new ArrayList<String>());
            var all = new ArrayList<Kept>();
            for (var owner : List.of("many", "many", "many", "many", "one")) {
                var kept = new Kept();
                kept.answer.thenRun(() -> order.add(owner));
                engine.submit(new TextRequest(new int[] {1}, GREEDY, owner, false, Optional.empty()), kept);
                all.add(kept);
            }
            all.forEach(Kept::await);
            assertTrue(order.indexOf("one") <= 2, order.toString());
        }
    }

    @Test
    void thePromptsOwnProbabilitiesAreThoseOfScore() {
        var prompt = new Random(2).ints(200, 0, 50_000).toArray();
        var one = GenerationConfig.builder().temperature(0).maxNewTokens(1).logprobs(1).build();
        var none = GenerationConfig.builder().temperature(0).maxLength(200).logprobs(1).build();
        try (var engine = engine(Limits.DEFAULT)) {
            Kept kept = new Kept(), withoutAToken = new Kept();
            engine.submit(new TextRequest(prompt, one, "", true, Optional.empty()), kept);
            engine.submit(new TextRequest(prompt, none, "", true, Optional.empty()), withoutAToken);
            var logprobs = kept.await().promptLogprobs();
            assertEquals(199, logprobs.size());
            assertEquals(logprobs, withoutAToken.await().promptLogprobs());
            assertEquals(0, withoutAToken.await().completions().getFirst().ids().length);
            try (var session = model.openSession(0); var text = session.open()) {
                var scores = session.feed(List.of(new Feed(text, prompt, Scored.ALL, false))).getFirst().scores();
                for (int i = 0; i < 199; i++) {
                    assertEquals(Sampler.logSoftmax(scores[i])[prompt[i + 1]], logprobs.get(i).logprob(), 1e-12);
                }
            }
        }
    }

    @Test
    void aVectorIsTheMeanOfAllTokensOrTheLastOne() throws Exception {
        var ids = new Random(2).ints(300, 0, 50_000).toArray();
        try (var engine = engine(Limits.DEFAULT); var session = model.openSession(0); var text = session.open()) {
            var states = session.feed(List.of(new Feed(text, ids, Scored.NONE, true))).getFirst().states();
            var mean = new double[states[0].length];
            for (var state : states) for (int i = 0; i < mean.length; i++) mean[i] += state[i] / 300;
            var last = new double[mean.length];
            for (int i = 0; i < last.length; i++) last[i] = states[299][i];
            // 1e-6 of a vector's length is some roundings
            assertNear(mean, engine.embedding("", ids, List.of(Pooling.MEAN)).get(60, TimeUnit.SECONDS));
            assertNear(last, engine.embedding("", ids, List.of(Pooling.LAST_TOKEN)).get(60, TimeUnit.SECONDS));
        }
    }

    private static void assertNear(double[] expected, float[] vector) {
        var length = Math.sqrt(Arrays.stream(expected).map(x -> x * x).sum());
        for (int i = 0; i < vector.length; i++) assertEquals(expected[i], vector[i], 1e-6 * length);
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithBothNumbers() {
        try (var engine = engine(Limits.DEFAULT)) {
            var refused = assertThrows(ModelException.class, () -> engine.submit(TextRequest.of(new int[600], GREEDY), new Kept()));
            assertTrue(refused.getMessage().contains("600") && refused.getMessage().contains("512"), refused.getMessage());
        }
    }

    @Test
    void theTextToldInPiecesIsTheText() {
        try (var engine = engine(Limits.DEFAULT)) {
            var kept = submitAll(engine, prompts(1, 30), GREEDY).getFirst();
            var completion = kept.await().completions().getFirst();
            assertEquals(completion.text(), kept.text.toString());
            assertArrayEquals(completion.ids(), kept.ids.stream().mapToInt(i -> i).toArray());
        }
    }
}
