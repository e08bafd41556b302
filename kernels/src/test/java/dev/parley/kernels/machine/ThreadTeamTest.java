package dev.parley.kernels.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadTeamTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyPartIsDoneOnceInEveryPhase(int size) {
        var team = new ThreadTeam(size);
        for (int job = 0; job < 50; job++) {
            var done = new AtomicIntegerArray(40 * 17);
            team.run(member -> {
                for (int phase = 0; phase < 40; phase++) {
                    var base = phase * 17;
                    team.share(17, part -> done.incrementAndGet(base + part));
                    team.barrier();
                    for (int part = 0; part < 17; part++) assertEquals(1, done.get(base + part));
                }
            });
            for (int i = 0; i < done.length(); i++) assertEquals(1, done.get(i));
        }
    }

    /** On processors that others use too: a member may be kept from running between any two of its instructions. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void jobsThatFollowEachOtherAtOnceAllEnd(int size) throws InterruptedException {
        var team = new ThreadTeam(size);
        var busy = new AtomicBoolean(true);
        var others = IntStream.range(0, 2 * Runtime.getRuntime().availableProcessors())
                .mapToObj(i -> Thread.ofPlatform().daemon().start(() -> {
                    while (busy.get()) Thread.onSpinWait();
                })).toList();
        try {
            var done = new AtomicInteger();
            var end = System.nanoTime() + 3_000_000_000L;
            var jobs = 0;
            for (; System.nanoTime() < end; jobs++) team.run(member -> done.incrementAndGet());
            assertEquals(jobs * size, done.get());
        } finally {
            busy.set(false);
            for (var other : others) other.join();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFailureEndsTheJobAndTheTeamGoesOn(int size) {
        var team = new ThreadTeam(size);
        for (int job = 0; job < 20; job++) {
            var failing = job % size;
            var thrown = assertThrows(IllegalStateException.class, () -> team.run(member -> {
                team.barrier();
                if (member == failing) throw new IllegalStateException("no");
                team.barrier();
            }));
            assertEquals("no", thrown.getMessage());
            var count = new AtomicInteger();
            team.each(100, part -> count.incrementAndGet());
            assertEquals(100, count.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void severalCallersShareATeam(int size) throws InterruptedException {
        var team = new ThreadTeam(size);
        var count = new AtomicInteger();
        var callers = new Thread[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50; n++) team.each(10, part -> count.incrementAndGet());
            });
        }
        for (var caller : callers) caller.join();
        assertEquals(4 * 50 * 10, count.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyMemberWorksUnderItsOwnNumber(int size) {
        var team = new ThreadTeam(size);
        assertEquals(size, team.size());
        var calls = new AtomicIntegerArray(size);
        var threads = java.util.concurrent.ConcurrentHashMap.<Thread>newKeySet();
        team.run(member -> {
            calls.incrementAndGet(member);
            threads.add(Thread.currentThread());
        });
        for (int member = 0; member < size; member++) assertEquals(1, calls.get(member));
        assertEquals(size, threads.size());
        assertTrue(threads.contains(Thread.currentThread()), "the caller is a member");
    }

    /** Plain numbers, without any synchronisation of their own: each phase reads what all others wrote in the phase before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatWasWrittenBeforeABarrierIsReadAfterIt(int size) {
        var team = new ThreadTeam(size);
        int n = 64, phases = 500;
        long[][] numbers = new long[2][n];
        for (int i = 0; i < n; i++) numbers[0][i] = i;
        team.run(member -> {
            for (int phase = 0; phase < phases; phase++) {
                long[] from = numbers[phase % 2], to = numbers[(phase + 1) % 2];
                team.share(n, i -> to[i] = 3 * from[(i + 1) % n] + from[(i + 17) % n]);
                team.barrier();
            }
        });
        long[] alone = new long[n];
        for (int i = 0; i < n; i++) alone[i] = i;
        for (int phase = 0; phase < phases; phase++) {
            var next = new long[n];
            for (int i = 0; i < n; i++) next[i] = 3 * alone[(i + 1) % n] + alone[(i + 17) % n];
            alone = next;
        }
        assertArrayEquals(alone, numbers[phases % 2]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void errorsReachTheCallerAsTheyAre(int size) {
        var team = new ThreadTeam(size);
        var error = new StackOverflowError("deep");
        assertSame(error, assertThrows(StackOverflowError.class, () -> team.each(50, part -> {
            if (part == 33) throw error;
        })));
        var count = new AtomicInteger();
        team.each(50, part -> count.incrementAndGet());
        assertEquals(50, count.get(), "the team goes on");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void fewerPartsThanMembersAndNoneAtAll(int size) {
        var team = new ThreadTeam(size);
        for (int parts = 0; parts < 4; parts++) {
            var done = new AtomicIntegerArray(4);
            team.each(parts, done::incrementAndGet);
            for (int part = 0; part < 4; part++) assertEquals(part < parts ? 1 : 0, done.get(part));
        }
    }

    @Test
    void aMemberMayUseAnotherTeam() {
        ThreadTeam outer = new ThreadTeam(2), inner = new ThreadTeam(2);
        var count = new AtomicInteger();
        outer.each(10, part -> inner.each(10, piece -> count.incrementAndGet()));
        assertEquals(100, count.get());
    }

    @Test
    void aTeamOfNobodyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ThreadTeam(0));
    }
}
