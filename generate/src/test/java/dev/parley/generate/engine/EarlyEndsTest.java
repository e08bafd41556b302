package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.strategy.FinishReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests that end before their answers do: cancelled, out of time, or because the engine closes. */
class EarlyEndsTest extends EngineTest {

    @Test
    void aCancelledRequestFreesItsPlaceAtOnce() throws InterruptedException {
        var prompts = prompts(3, 20);
        try (var engine = engine(new Limits(1, 10, 1L << 30, 64))) {
            Kept endless = new Kept(), waits = new Kept(), next = new Kept();
            var ticket = engine.submit(TextRequest.of(prompts.get(0), GREEDY.withMaxNewTokens(490)), endless);
            var second = engine.submit(TextRequest.of(prompts.get(1), GREEDY), waits);
            engine.submit(TextRequest.of(prompts.get(2), GREEDY), next);
            assertTrue(endless.first.await(60, TimeUnit.SECONDS));
            second.cancel();
            ticket.cancel();
            assertEquals(FinishReason.CANCELLED, endless.await().completions().getFirst().finishReason());
            assertEquals(FinishReason.CANCELLED, waits.await().completions().getFirst().finishReason());
            assertEquals(0, waits.await().completions().getFirst().ids().length);
            assertEquals(40, next.await().completions().getFirst().ids().length);
        }
    }

    @Test
    void aRequestEndsAtItsTimeout() {
        try (var engine = engine(Limits.DEFAULT)) {
            var kept = new Kept();
            engine.submit(new TextRequest(new int[] {1, 2}, GREEDY.withMaxNewTokens(500), "", false, Optional.of(Duration.ofMillis(1))),
                    kept);
            assertEquals(FinishReason.LENGTH, kept.await().completions().getFirst().finishReason());
        }
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
    void closingWithPatienceEndsWhatIsNotDoneInTime() {
        var engine = engine(new Limits(1, 10, 1L << 30, 64));
        Kept running = new Kept(), waiting = new Kept();
        engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
        engine.submit(TextRequest.of(new int[] {2}, GREEDY.withMaxNewTokens(500)), waiting);
        var mean = engine.embedding("", new int[500], List.of(Pooling.MEAN));
        engine.close(Duration.ZERO);
        for (var kept : List.of(running, waiting)) {
            assertEquals(FinishReason.CANCELLED, kept.await().completions().getFirst().finishReason());
        }
        assertTrue(mean.isDone());
        assertThrows(CancellationException.class, mean::get);
        assertThrows(IllegalStateException.class, () -> engine.embedding("", new int[1], List.of(Pooling.MEAN)));
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
}
