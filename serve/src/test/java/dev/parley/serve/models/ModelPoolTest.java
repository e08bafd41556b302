package dev.parley.serve.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ModelPoolTest {

    private static final Limits LIMITS = new Limits(4, 16, 1, 64); // memory of one context
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ModelSource failing(String id, Throwable failure) {
        return new ModelSource(id, List.of(), 1, 0, () -> {
            if (failure instanceof Error error) throw error;
            throw (RuntimeException) failure;
        });
    }

    @Test
    void modelsThatAreAskedForAtOnceAreNeverMoreThanTheMemoryHolds() throws Exception {
        var inMemory = new AtomicInteger(); // loads under way, and models that were found ready meanwhile
        var most = new AtomicInteger();
        var pool = new ModelPool[1];
        var sources = IntStream.range(0, 6).mapToObj(i -> {
            var real = TestServer.source("pool-" + i, List.of(), i);
            return new ModelSource(real.id(), List.of(), 10L << 20, 0, () -> {
                inMemory.incrementAndGet();
                var parts = real.loader().load();
                var ready = (int) pool[0].all().stream().filter(info -> info.state() == State.READY).count();
                most.accumulateAndGet(inMemory.get() + ready, Math::max);
                inMemory.decrementAndGet();
                return parts;
            });
        }).toList();
        try (var models = new ModelPool(sources, 11L << 20, LIMITS, PATIENCE); var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            pool[0] = models;
            var asked = new ArrayList<Future<String>>();
            for (var source : sources) {
                asked.add(clients.submit(() -> {
                    try (var lease = models.lease(Optional.of(source.id()))) {
                        return lease.model().id();
                    }
                }));
            }
            for (int i = 0; i < asked.size(); i++) assertEquals("pool-" + i, asked.get(i).get());
            assertEquals(1, most.get(), "the memory holds one");
            assertEquals(1, models.all().stream().filter(info -> info.state() == State.READY).count());
        }
    }

    @Test
    void aModelWhoseEngineHasDiedIsLoadedAgain() {
        try (var models = new ModelPool(List.of(TestServer.source("tiny", List.of(), 7)), 1L << 30, LIMITS, PATIENCE)) {
            ServedModel first;
            try (var lease = models.lease(Optional.empty())) {
                first = lease.model();
                first.engine().close();
            }
            try (var lease = models.lease(Optional.empty())) {
                assertNotSame(first, lease.model());
                assertTrue(lease.model().engine().isAlive());
            }
        }
    }

    @Test
    void whateverEndsALoadIsToldToThoseWhoWait() throws InterruptedException {
        var failures = List.of(new StackOverflowError(), new InternalError("a fault in a mapped file"), new OutOfMemoryError(),
                new IllegalStateException("no such file"));
        for (var failure : failures) {
            try (var models = new ModelPool(List.of(failing("broken", failure)), 1, LIMITS, PATIENCE)) {
                var refused = assertThrows(ApiError.class, () -> models.lease(Optional.empty()));
                assertEquals(503, refused.status());
                assertTrue(refused.getMessage().startsWith("The model broken cannot be loaded: ") && !refused.getMessage().contains("null"),
                        refused.getMessage());
                models.load("broken");
                assertEquals(Optional.of(refused.getMessage()), models.awaitLoaded("broken"));
            }
        }
    }

    @Test
    void whoWaitsForALoadIsToldOfItsGoodEndToo() throws InterruptedException {
        try (var models = new ModelPool(List.of(TestServer.source("tiny", List.of(), 7)), 1L << 30, LIMITS, PATIENCE)) {
            models.load("tiny");
            assertEquals(Optional.empty(), models.awaitLoaded("tiny"));
            assertFalse(models.info("tiny").model().isEmpty());
        }
    }

    @Test
    void aModelLeavesOnceNobodyHasUsedItForItsTime() throws InterruptedException {
        try (var models = new ModelPool(List.of(TestServer.source("tiny", List.of(), 7)), 1L << 30, LIMITS, PATIENCE)) {
            models.keep("tiny", Optional.of(Duration.ZERO)); // of a model that is not there nothing is kept
            try (var lease = models.lease(Optional.empty())) {
                models.keep("tiny", Optional.of(Duration.ofHours(1)));
                models.keep("tiny", Optional.of(Duration.ofMillis(1)));
                Thread.sleep(50);
                assertTrue(lease.model().engine().isAlive(), "somebody uses it");
            }
            while (models.info("tiny").state() == State.READY) Thread.sleep(5);
            models.lease(Optional.empty()).close();
            Thread.sleep(50);
            assertEquals(State.READY, models.info("tiny").state(), "the time was of the last stay");
            models.keep("tiny", Optional.of(Duration.ofHours(1)));
            for (int i = 0; i < 1_000; i++) models.lease(Optional.empty()).close();
            assertTrue(models.info("tiny").leavesAt().orElseThrow().isAfter(Instant.now().plusSeconds(3_500)));
            models.keep("tiny", Optional.empty());
            assertEquals(Optional.empty(), models.info("tiny").leavesAt());
            models.keep("tiny", Optional.of(Duration.ZERO));
            while (models.info("tiny").state() == State.READY) Thread.sleep(5);
        }
    }
}
