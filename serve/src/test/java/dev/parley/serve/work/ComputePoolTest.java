package dev.parley.serve.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ComputePoolTest {

    private static final Runnable THERE = () -> {};

    /** Holds a thread until it is let go, heeding no interrupt. */
    private static Integer hold(CountDownLatch begun, CountDownLatch until) {
        begun.countDown();
        var interrupted = false;
        while (true) {
            try {
                until.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        return 1;
    }

    private static void awaitWaiting(ComputePool workers, String owner, int ofOwner) throws InterruptedException {
        while (workers.waiting(owner) < ofOwner) Thread.sleep(5);
    }

    @Test
    void workIsDoneByThreadsOfTheOperatingSystemAndItsFaultsAreTheAskers() {
        var workers = new ComputePool(2, 8, Duration.ofSeconds(30));
        assertEquals(false, workers.run("ada", THERE, () -> Thread.currentThread().isVirtual()));
        var fault = new IllegalArgumentException("of a test");
        assertSame(fault, assertThrows(IllegalArgumentException.class, () -> workers.run("ada", THERE, () -> {
            throw fault;
        })));
        for (int i = 0; i < 5; i++) {
            assertThrows(StackOverflowError.class, () -> workers.run("ada", THERE, () -> {
                throw new StackOverflowError();
            }));
        }
        assertEquals(7, workers.run("ada", THERE, () -> 7), "the threads survive");
    }

    @Test
    void anOwnerHasHalfOfTheThreadsAtMostSoThatOthersAreServed() throws Exception {
        var workers = new ComputePool(4, 100, Duration.ofSeconds(30));
        var until = new CountDownLatch(1);
        var begun = new CountDownLatch(2);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var held = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 10; i++) held.add(clients.submit(() -> workers.run("much", THERE, () -> hold(begun, until))));
            begun.await();
            awaitWaiting(workers, "much", 8);
            for (int i = 0; i < 20; i++) assertEquals(5, workers.run("little", THERE, () -> 5));
            until.countDown();
            for (var one : held) assertEquals(1, one.get());
        }
    }

    @Test
    void whoHasWaitingMuchWaitsForWhoHasLittle() throws Exception {
        var workers = new ComputePool(1, 100, Duration.ofSeconds(30));
        var until = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var order = java.util.Collections.synchronizedList(new ArrayList<String>());
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            clients.submit(() -> workers.run("other", THERE, () -> hold(begun, until)));
            begun.await();
            for (int i = 0; i < 5; i++) clients.submit(() -> workers.run("much", THERE, () -> order.add("much")));
            awaitWaiting(workers, "much", 5);
            clients.submit(() -> workers.run("little", THERE, () -> order.add("little")));
            awaitWaiting(workers, "little", 1);
            until.countDown();
        }
        assertTrue(order.indexOf("little") <= 1, order.toString());
        assertEquals(6, order.size());
    }

    @Test
    void workOfAClientThatLeavesIsInterruptedAndTheNextIsNot() throws Exception {
        var workers = new ComputePool(1, 8, Duration.ofSeconds(30));
        var interrupted = new CountDownLatch(1);
        assertThrows(IllegalStateException.class, () -> workers.run("ada", () -> {
            throw new IllegalStateException("gone");
        }, () -> {
            while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
            interrupted.countDown();
            return 1;
        }));
        interrupted.await();
        for (int i = 0; i < 50; i++) assertEquals(false, workers.run("ada", THERE, () -> Thread.currentThread().isInterrupted()));
    }

    @Test
    void workThatTakesTooLongIsGivenUpAlsoWhereItHeedsNothing() throws Exception {
        var workers = new ComputePool(2, 8, Duration.ofMillis(50));
        var until = new CountDownLatch(1);
        var refused = assertThrows(ApiError.class, () -> workers.run("ada", THERE, () -> hold(new CountDownLatch(1), until)));
        assertEquals(503, refused.status());
        var waited = assertThrows(ApiError.class, () -> workers.run("ada", THERE, () -> 1), "the owner's one thread is held");
        assertEquals(503, waited.status());
        until.countDown();
        while (true) {
            try {
                assertEquals(1, workers.run("ada", THERE, () -> 1));
                break;
            } catch (ApiError e) {
                assertEquals(503, e.status()); // not let go yet
            }
        }
    }

    @Test
    void aFullLineTakesNoMoreOfWhoFillsIt() throws Exception {
        var workers = new ComputePool(1, 4, Duration.ofSeconds(30));
        var until = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            clients.submit(() -> workers.run("much", THERE, () -> hold(begun, until)));
            begun.await();
            for (int i = 0; i < 4; i++) {
                var number = i;
                clients.submit(() -> workers.run("much", THERE, () -> done.add(number)));
            }
            awaitWaiting(workers, "much", 4);
            assertEquals(429, assertThrows(ApiError.class, () -> workers.run("much", THERE, () -> 1)).status());
            clients.submit(() -> workers.run("little", THERE, () -> done.add(9)));
            awaitWaiting(workers, "little", 1);
            until.countDown();
        }
        assertEquals(Set.of(0, 1, 2, 3, 9), done);
        assertEquals(List.of(0, 0), List.of(workers.waiting("much"), workers.waiting("little")));
    }
}
