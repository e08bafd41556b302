package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.engine.InferenceEngine.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests for which the memory of keys and values does not suffice: they wait, go on as if nothing had been, and give it back. */
class ShortMemoryTest extends EngineTest {

    @Test
    void aTextThatWaitsForMemoryHoldsUpNoSmallOne() throws Exception {
        try (var engine = engine(new Limits(8, 100, 1, 64))) { // memory of 9 blocks of 64 tokens
            Kept running = new Kept(), large = new Kept(), small = new Kept();
            var ticket = engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(500)), running);
            assertTrue(running.first.await(60, TimeUnit.SECONDS));
            engine.submit(new TextRequest(new int[500], GREEDY.withMaxNewTokens(2), "large", false, Optional.empty()), large);
            engine.submit(new TextRequest(new int[] {3}, GREEDY.withMaxNewTokens(2), "small", false, Optional.empty()), small);
            assertEquals(2, small.await().completions().getFirst().ids().length);
            assertFalse(running.answer.isDone(), "the small text waited for all others");
            ticket.cancel();
            assertEquals(2, large.await().completions().getFirst().ids().length);
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
                readings.add(engine.embedding("", prompt, List.of(i % 3 == 0 ? Pooling.LAST_TOKEN : Pooling.MEAN)));
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
}
