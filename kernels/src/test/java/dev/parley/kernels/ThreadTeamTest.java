package dev.parley.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
}
