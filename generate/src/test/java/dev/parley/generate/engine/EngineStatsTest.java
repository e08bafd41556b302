package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.sampling.TokenLogprob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the engine tells of its work. */
class EngineStatsTest extends EngineTest {

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
}
