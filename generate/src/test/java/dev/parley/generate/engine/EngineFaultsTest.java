package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.Grammar;
import dev.parley.grammar.GrammarException;
import dev.parley.model.InferenceSession;
import dev.parley.model.SequenceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of a request, and of those beside it, when something goes wrong. */
class EngineFaultsTest extends EngineTest {

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

    @Test
    void anErrorOfOneTextsReadingEndsThatTextAlone() throws Exception {
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            var running = new Kept();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY), running);
            var failed = engine.probe(new TooLarge());
            var behind = engine.embedding("", new int[] {1, 2, 3}, List.of(Pooling.MEAN));
            assertTrue(assertThrows(ExecutionException.class, () -> failed.get(60, TimeUnit.SECONDS)).getCause().getMessage()
                    .contains("of a test"));
            assertEquals(model.config().hiddenSize(), behind.get(60, TimeUnit.SECONDS).length);
            assertEquals(40, running.await().completions().getFirst().ids().length);
            assertTrue(engine.isAlive());
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
    void anErrorOfTheEngineIsToldToAllAndNothingIsTakenAfterIt() {
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            Kept running = new Kept(), waiting = new Kept();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
            engine.submit(TextRequest.of(new int[] {2}, GREEDY), waiting);
            var reading = engine.probe(new Deadly());
            var behind = engine.embedding("", new int[] {1, 2, 3}, List.of(Pooling.MEAN));
            for (var told : List.of(running.answer, waiting.answer, reading, behind)) {
                var failure = assertThrows(ExecutionException.class, () -> told.get(60, TimeUnit.SECONDS));
                assertTrue(failure.getCause().getMessage().contains("of a test"), failure.toString());
            }
            var refused = assertThrows(IllegalStateException.class, () -> engine.submit(TextRequest.of(new int[] {1}, GREEDY), new Kept()));
            assertTrue(refused.getMessage().contains("load the model again"), refused.getMessage());
            assertFalse(engine.isAlive());
        }
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
