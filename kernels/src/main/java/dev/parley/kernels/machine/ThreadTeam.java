package dev.parley.kernels.machine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A few threads that work on one thing together. A step of decoding has some sixty places where all must have finished
 * before any goes on, each a few microseconds after the last: waiting by spinning costs a fraction of a microsecond
 * where waking a thread costs fifty. Between steps the members sleep after a short while.
 *
 * <pre>{@code
 * team.run(member -> {                                  // every member runs this
 *     team.share(100, part -> square(part));            // the parts 0..99, each done once, by whoever is free
 *     team.barrier();                                   // all are done
 * });
 * }</pre>
 *
 * Several callers may use a team; it works for one at a time.
 */
public final class ThreadTeam {

    private static final int SPINS_BEFORE_SLEEP = 20_000; // about half a millisecond
    private static final int SPINS_BEFORE_YIELD = 5_000;

    private static final ThreadTeam SHARED = new ThreadTeam(defaultSize());

    private final int size;
    private final Thread[] others;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile int jobsEnded;
    private volatile int barriersPassed;
    private volatile int job; // number of the present job; members wait for it to change
    private volatile IntConsumer work;
    private volatile Throwable failure;
    private final Counter[] counters = {new Counter(), new Counter()};

    /** A counter alone on its cache line. */
    private static final class Counter extends AtomicInteger {
        private static final long serialVersionUID = 1;
        @SuppressWarnings("unused")
        private volatile long p1, p2, p3, p4, p5, p6, p7, p8;
    }

    /**
     * Starts the team's threads.
     *
     * @param size threads that work, the caller counted
     * @throws IllegalArgumentException if the size is below 1
     */
    public ThreadTeam(int size) {
        if (size < 1) throw new IllegalArgumentException("A team of " + size + " threads cannot work.");
        this.size = size;
        others = new Thread[size - 1];
        for (int i = 0; i < others.length; i++) {
            var member = i + 1;
            others[i] = Thread.ofPlatform().daemon().name("parley-kernels-" + member).unstarted(() -> serve(member));
        }
        for (var thread : others) thread.start();
    }

    /** The team of this process: as many threads as {@code OMP_NUM_THREADS} says, or as there are processors. */
    public static ThreadTeam shared() {
        return SHARED;
    }

    private static int defaultSize() {
        var asked = System.getenv("OMP_NUM_THREADS");
        if (asked != null && asked.matches("[1-9][0-9]{0,3}")) return Integer.parseInt(asked);
        return Runtime.getRuntime().availableProcessors();
    }

    /** Threads that work, the caller counted. */
    public int size() {
        return size;
    }

    /**
     * Has every member run the work, the caller as member 0, and returns when all have.
     *
     * @throws RuntimeException what a member threw; the others stop at their next barrier
     */
    public synchronized void run(IntConsumer work) {
        failure = null;
        this.work = work;
        counters[0].set(0);
        counters[1].set(0);
        job++;
        for (var thread : others) LockSupport.unpark(thread);
        attempt(work, 0);
        end();
        this.work = null;
        if (failure instanceof Error e) throw e;
        if (failure != null) throw (RuntimeException) failure;
    }

    private void serve(int member) {
        var seen = 0;
        while (true) {
            for (int spins = 0; job == seen; spins++) {
                if (spins < SPINS_BEFORE_SLEEP) Thread.onSpinWait();
                else LockSupport.park(this);
            }
            seen = job;
            attempt(work, member);
            end();
        }
    }

    private void attempt(IntConsumer work, int member) {
        try {
            work.accept(member);
        } catch (Stopped e) {
            // another member failed, and its failure is told
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Waits until every member is here. All members must pass the same barriers. */
    public void barrier() {
        if (size == 1) {
            counters[0].set(0);
            return;
        }
        var passed = barriersPassed;
        if (arrived.incrementAndGet() == size) {
            arrived.set(0);
            counters[(passed + 1) & 1].set(0); // the phase after the next: nobody counts there now
            barriersPassed = passed + 1;
            return;
        }
        for (int spins = 0; barriersPassed == passed; spins++) {
            if (failure != null) throw new Stopped();
            if (spins < SPINS_BEFORE_YIELD) Thread.onSpinWait();
            else Thread.yield();
        }
    }

    /** The end of a job, which all members reach, also those that failed. */
    private void end() {
        if (size == 1) return;
        var mine = job; // read first: once all are counted the next job may begin
        var at = ended.incrementAndGet();
        if (at == size) {
            arrived.set(0);
            ended.set(0);
            jobsEnded++;
            return;
        }
        for (int spins = 0; jobsEnded != mine; spins++) {
            if (spins < SPINS_BEFORE_YIELD) Thread.onSpinWait();
            else Thread.yield();
        }
    }

    /** Hands out the parts 0 to {@code parts - 1}, each to one member. Once between two barriers. */
    public void share(int parts, IntConsumer each) {
        var counter = counters[size == 1 ? 0 : barriersPassed & 1];
        for (int part = counter.getAndIncrement(); part < parts; part = counter.getAndIncrement()) each.accept(part);
    }

    /** Runs each part once, and returns when all are done: the whole of a job that needs no barrier. */
    public void each(int parts, IntConsumer each) {
        run(member -> share(parts, each));
    }

    /** Ends a member's work because another failed. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super(null, null, false, false);
        }
    }
}
