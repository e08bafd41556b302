package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.grammar.Grammar;
import dev.parley.grammar.GrammarException;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.SequenceCache;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests when something goes wrong, or is stopped, or memory is short. */
@Timeout(120)
class EngineFaultsTest {

    private static final GenerationConfig GREEDY = GenerationConfig.builder().temperature(0).maxNewTokens(40).ignoreEos(true).build();
    private static final Tokenizer TOKENIZER = Tokenizer.fromPretrained("gpt2");

    @TempDir
    private static Path folder;
    private static CausalLM model;

    @BeforeAll
    static void makeModel() throws IOException {
        model = TinyModels.gpt2(folder, TOKENIZER.vocabSize(), 512, WeightType.INT8);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static InferenceEngine engine(Limits limits) {
        return new InferenceEngine(model, TOKENIZER, limits);
    }

    /** Throws from a call on. */
    private static class Throwing implements InferenceEngine.Listener {

        final boolean alsoAtTheEnd;
        final CompletableFuture<RuntimeException> failure = new CompletableFuture<>();

        Throwing(boolean alsoAtTheEnd) {
            this.alsoAtTheEnd = alsoAtTheEnd;
        }

        @Override
        public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
            throw new AssertionError("no tokens, please");
        }

        @Override
        public void onEnd(InferenceEngine.Answer answer) {
            throw new IllegalStateException("no end, please");
        }

        @Override
        public void onFailure(RuntimeException told) {
            failure.complete(told);
            if (alsoAtTheEnd) throw new IllegalStateException("no failure, please");
        }
    }

    @Test
    void aListenerThatThrowsEndsItsOwnRequestAndNoOther() throws Exception {
        try (var engine = engine(Limits.DEFAULT)) {
            var good = new Kept();
            var bad = List.of(new Throwing(false), new Throwing(true));
            engine.submit(TextRequest.of(new int[] {1, 2}, GREEDY), good);
            for (var listener : bad) engine.submit(TextRequest.of(new int[] {3}, GREEDY), listener);
            for (var listener : bad) assertTrue(listener.failure.get(60, TimeUnit.SECONDS).getMessage().contains("no tokens, please"));
            assertEquals(40, good.await().completions().getFirst().ids().length);
            assertTrue(engine.isAlive());
        }
    }

    /** A text whose reading takes more memory than there is. */
    private static final class TooLarge extends Probe<String> {

        TooLarge() {
            super("", new int[] {1});
        }

        @Override
        void begin(SequenceCache empty, PrefixCache prefixes) {}

        @Override
        int end(int from, int most) {
            return 1;
        }

        @Override
        void read(InferenceSession session, SequenceCache cache, int[] piece) {
            throw new OutOfMemoryError("of a test");
        }

        @Override
        String found() {
            return "";
        }
    }

    /** A text at which the engine itself goes wrong, not only the text's reading. */
    private static final class Deadly extends Probe<String> {

        Deadly() {
            super("", new int[] {1});
        }

        @Override
        boolean step(InferenceSession session, PrefixCache prefixes, int most, int runningTexts) {
            throw new OutOfMemoryError("of a test");
        }

        @Override
        void begin(SequenceCache empty, PrefixCache prefixes) {}

        @Override
        int end(int from, int most) {
            return 1;
        }

        @Override
        void read(InferenceSession session, SequenceCache cache, int[] piece) {}

        @Override
        String found() {
            return "";
        }
    }

    @Test
    void anErrorOfOneTextsReadingEndsThatTextAlone() throws Exception {
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            var running = new Kept();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY), running);
            var failed = engine.probe(new TooLarge());
            var behind = engine.embedding("", new int[] {1, 2, 3}, Pooling.MEAN);
            assertTrue(assertThrows(ExecutionException.class, () -> failed.get(60, TimeUnit.SECONDS)).getCause().getMessage()
                    .contains("of a test"));
            assertEquals(model.config().hiddenSize(), behind.get(60, TimeUnit.SECONDS).length);
            assertEquals(40, running.await().completions().getFirst().ids().length);
            assertTrue(engine.isAlive());
        }
    }

    @Test
    void ownersOfTextsToReadAreServedInTurn() {
        var line = new WaitingProbes(4);
        var texts = new ArrayList<Probe<?>>();
        for (int i = 0; i < 4; i++) texts.add(new EmbeddingProbe("much", new int[] {i}, Pooling.MEAN, 1));
        texts.add(new EmbeddingProbe("little", new int[] {9}, Pooling.MEAN, 1));
        texts.forEach(line::add);
        assertThrows(QueueFullException.class, () -> line.add(new EmbeddingProbe("much", new int[] {5}, Pooling.MEAN, 1)),
                "who has more than a fair part of a full line");
        var order = new ArrayList<Probe<?>>();
        while (!line.isEmpty()) {
            order.add(line.first().orElseThrow());
            line.remove(order.getLast());
        }
        assertEquals(List.of(texts.get(0), texts.get(4), texts.get(1), texts.get(2), texts.get(3)), order);
    }

    @Test
    void aTurnThatDoesNotEndIsSeen() throws Exception {
        try (var engine = engine(Limits.DEFAULT)) {
            var held = new CompletableFuture<Void>();
            var kept = new Kept();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY), new InferenceEngine.Listener() {
                @Override
                public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                    held.join();
                }

                @Override
                public void onEnd(InferenceEngine.Answer answer) {
                    kept.onEnd(answer);
                }

                @Override
                public void onFailure(RuntimeException failure) {
                    kept.onFailure(failure);
                }
            });
            while (engine.turn().compareTo(Duration.ofMillis(300)) < 0) Thread.sleep(10);
            held.complete(null);
            kept.await();
            awaitIdle(engine);
            while (!engine.turn().isZero()) Thread.sleep(10);
        }
    }

    @Test
    void anErrorOfTheEngineIsToldToAllAndNothingIsTakenAfterIt() {
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            Kept running = new Kept(), waiting = new Kept();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
            engine.submit(TextRequest.of(new int[] {2}, GREEDY), waiting);
            var reading = engine.probe(new Deadly());
            var behind = engine.embedding("", new int[] {1, 2, 3}, Pooling.MEAN);
            for (var told : List.of(running.answer, waiting.answer, reading, behind)) {
                var failure = assertThrows(ExecutionException.class, () -> told.get(60, TimeUnit.SECONDS));
                assertTrue(failure.getCause().getMessage().contains("of a test"), failure.toString());
            }
            var refused = assertThrows(IllegalStateException.class, () -> engine.submit(TextRequest.of(new int[] {1}, GREEDY), new Kept()));
            assertTrue(refused.getMessage().contains("load the model again"), refused.getMessage());
            assertFalse(engine.isAlive());
        }
    }

    @Test
    void closingWithPatienceEndsWhatIsNotDoneInTime() {
        var engine = engine(new Limits(1, 10, 1L << 30, 64));
        Kept running = new Kept(), waiting = new Kept();
        engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
        engine.submit(TextRequest.of(new int[] {2}, GREEDY.withMaxNewTokens(500)), waiting);
        var mean = engine.embedding("", new int[500], Pooling.MEAN);
        engine.close(Duration.ZERO);
        for (var kept : List.of(running, waiting)) {
            assertEquals(FinishReason.CANCELLED, kept.await().completions().getFirst().finishReason());
        }
        assertTrue(mean.isDone());
        assertThrows(CancellationException.class, mean::get);
        assertThrows(IllegalStateException.class, () -> engine.embedding("", new int[1], Pooling.MEAN));
        assertFalse(engine.isAlive());
    }

    @Test
    void closingFinishesWhatRunsAndWaits() {
        var engine = engine(new Limits(1, 10, 1L << 30, 64));
        var all = List.of(new Kept(), new Kept(), new Kept());
        for (var kept : all) engine.submit(TextRequest.of(new int[] {1}, GREEDY), kept);
        engine.close();
        engine.close(); // which changes nothing
        for (var kept : all) assertEquals(40, kept.await().completions().getFirst().ids().length);
    }

    @Test
    void aRequestThatWaitsEndsAtItsTimeoutThoughItsPlaceIsTaken() {
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            Kept running = new Kept(), waiting = new Kept();
            var ticket = engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
            engine.submit(new TextRequest(new int[] {2}, GREEDY, "", false, Optional.of(Duration.ofMillis(5))), waiting);
            var ended = waiting.await();
            assertEquals(0, ended.completions().getFirst().ids().length);
            assertEquals(FinishReason.LENGTH, ended.completions().getFirst().finishReason());
            assertTrue(ended.timing().firstToken().isEmpty());
            ticket.cancel();
            running.await();
        }
    }

    @Test
    void whereMemoryIsShortTextsAndReadingsAllComeToTheirEnd() throws Exception {
        var random = new Random(3);
        var beginning = random.ints(256, 0, 50_000).toArray();
        try (var engine = engine(new Limits(8, 100, 1, 64))) { // memory of one context and a block
            var kept = new ArrayList<Kept>();
            var readings = new ArrayList<CompletableFuture<?>>();
            for (int i = 0; i < 12; i++) {
                kept.add(new Kept());
                // half of them alike, and read at the same time
                var prompt = i % 2 == 0 ? beginning : random.ints(300, 0, 50_000).toArray();
                engine.submit(TextRequest.of(prompt, GREEDY.withMaxNewTokens(100)), kept.getLast());
                readings.add(i % 3 == 0 ? engine.attention("", prompt) : engine.embedding("", prompt, Pooling.MEAN));
            }
            for (var each : kept) assertEquals(100, each.await().completions().getFirst().ids().length);
            for (var reading : readings) reading.get(60, TimeUnit.SECONDS);
            awaitIdle(engine);
            assertEquals(engine.stats().knownBlocks(), engine.stats().usedBlocks(), "blocks that nobody holds were not given back");
        }
    }

    @Test
    void theKeysAndValuesOfManyFinishedTextsTakeNoMoreThanTheyMay() {
        var kept = new ArrayList<Kept>();
        var eight = 8L * 2 * 2 * 2 * 64 * 32 * 2; // blocks of 64 tokens: layers, keys and values, heads, tokens, dimensions, bytes
        try (var engine = InferenceEngine.onThisThread(model, Optional.empty(), Optional.empty(), Optional.empty(), eight, () -> false)) {
            for (int i = 0; i < 40; i++) {
                kept.add(new Kept());
                engine.submit(TextRequest.of(new Random(i).ints(130, 0, 50_000).toArray(), GREEDY.withMaxNewTokens(2)), kept.getLast());
            }
            engine.finish();
            for (var one : kept) assertEquals(2, one.await().completions().getFirst().ids().length);
            assertTrue(engine.stats().knownBlocks() <= 8, () -> engine.stats().knownBlocks() + " blocks");
            assertEquals(engine.stats().knownBlocks(), engine.stats().usedBlocks());
        }
    }

    @Test
    void itTellsWhatItDoesAndHasDone() {
        try (var engine = engine(Limits.DEFAULT)) {
            var kept = new Kept();
            engine.submit(TextRequest.of(new int[100], GREEDY), kept);
            var timing = kept.await().timing();
            assertTrue(timing.waited().compareTo(timing.firstToken().orElseThrow()) < 0
                    && timing.firstToken().get().compareTo(timing.total()) < 0, timing.toString());
            awaitIdle(engine);
            var stats = engine.stats();
            assertEquals(100, stats.promptTokens());
            assertEquals(40, stats.completionTokens());
            assertEquals(1, stats.firstToken().count());
            assertEquals(39, stats.nextToken().count());
            assertEquals(timing.firstToken().get().toNanos() / 1e9, stats.firstToken().seconds(), 0.01);
            assertEquals(2, stats.knownBlocks(), "the full blocks of 140 tokens");
        }
    }

    private static void awaitIdle(InferenceEngine engine) {
        while (engine.stats().running() + engine.stats().waiting() > 0) Thread.onSpinWait();
    }

    /** A form that takes long to follow costs its own answer time, and then ends it; another's is the same, and comes. */
    @Test
    void aHostileFormIsItsOwnRequestsMatter() throws Exception {
        var form = new StringBuilder();
        for (int i = 0; i < 60; i++) form.append(i == 0 ? "" : "|").append("[ -~]*[").append("etaoinshrdlu".substring(i % 6, i % 6 + 6))
                .append("][ -~]{60,150}").append((char) ('A' + i % 26));
        var hostile = GREEDY.toBuilder().maxNewTokens(300).grammar(Grammar.ofRegex(form.toString())).build();
        var honest = GREEDY.toBuilder().grammar(Grammar.ofJsonSchema("{\"type\": \"string\", \"maxLength\": 5000}")).build();
        try (var engine = engine(Limits.DEFAULT)) {
            var alone = new Kept();
            engine.submit(TextRequest.of(new int[] {1, 2}, honest), alone);
            var before = alone.await();
            var contrastive = hostile.toBuilder().penaltyAlpha(0.6).topK(4).build(); // asks its form while a pass is planned
            var refused = new ArrayList<Throwing>();
            for (var config : List.of(hostile, contrastive)) {
                refused.add(new Throwing(false) {
                    @Override
                    public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {}
                });
                engine.submit(TextRequest.of(new int[] {3}, config), refused.getLast());
            }
            var beside = new Kept();
            engine.submit(TextRequest.of(new int[] {1, 2}, honest), beside);
            assertArrayEquals(before.completions().getFirst().ids(), beside.await().completions().getFirst().ids());
            for (var one : refused) assertTrue(one.failure.get(60, TimeUnit.SECONDS) instanceof GrammarException);
            assertTrue(engine.isAlive());
        }
    }
}
