package dev.parley.generate.engine;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the thread of an {@link InferenceEngine} does: it gives sequences their places, and all of them their next tokens, turn after turn.
 */
final class EngineLoop implements Runnable {

    private static final int MOST_ERRORS = 3; // what goes wrong so often is not over with the pass
    private static final long WAITING = Long.MIN_VALUE;
    private static final int IDLE_MILLIS = 20;

    private final RequestQueue queue;
    private final Limits limits;
    private final InferenceSession session;
    private final BooleanSupplier cancelled;
    private final boolean together;
    private final PrefixCache prefixes;
    private final EngineCounts counts = new EngineCounts();
    private final RunningSequences running;
    private final PassPlan plans;
    private final ConstraintWork constraints;
    private volatile EngineStats stats;
    private volatile boolean failed;
    private volatile long turnBegan = WAITING; // in nanoseconds
    private long asked = -1; // tokens that there were when it was last asked whether all is cancelled
    private int errors; // passes in a row that Java itself ended
    private Optional<Throwable> failure = Optional.empty(); // the first, of requests that belong together

    /**
     * @param keptBytes of keys and values at most that stay for texts that begin alike
     * @param cancelled asked before each step; if true, all requests end where they are
     * @param together whether the requests are one caller's: if one fails, all end
     */
    EngineLoop(RequestQueue queue, Limits limits, InferenceSession session, long keptBytes, BooleanSupplier cancelled, boolean together) {
        this.queue = queue;
        this.limits = limits;
        this.session = session;
        this.cancelled = cancelled;
        this.together = together;
        var keptBlocks = session.pool().map(pool -> keptBytes / pool.blockBytes()).orElse(0L);
        prefixes = new PrefixCache(session.pool(), limits.sharedPrefixes(), (int) Math.min(Integer.MAX_VALUE, keptBlocks));
        running = new RunningSequences(queue, limits.running(), session, prefixes, counts);
        plans = new PassPlan(session, limits.prefillTokens());
        constraints = new ConstraintWork(queue::wake);
        note();
    }

    EngineStats stats() {
        return stats;
    }

    /** Whether it has failed. */
    boolean hasFailed() {
        return failed;
    }

    /** How long the current turn has taken so far; zero while there is nothing to do. */
    Duration turn() {
        var began = turnBegan;
        return began == WAITING ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void run() {
        try {
            while (!running.isEmpty() || queue.awaitWork()) {
                turnBegan = System.nanoTime();
                endThoseThatMust();
                admit();
                if (!running.isEmpty()) step();
                probe();
                note();
                turnBegan = WAITING;
            }
        } catch (Throwable e) { // whatever it is: nobody may be left waiting
            failAll(e);
        } finally {
            turnBegan = WAITING;
            constraints.close();
            queue.restoreInterrupt();
        }
    }

    private void note() {
        var size = session.pool().map(pool -> pool.size()).orElse(0);
        var free = session.pool().map(pool -> pool.free()).orElse(0);
        stats = counts.now(running.size(), queue.size(), size - free, prefixes.size(), size);
    }

    private void endThoseThatMust() {
        var overdue = queue.isOverdue();
        var all = overdue || isCancelled();
        for (var request : running.requests()) {
            var reason = all ? Optional.of(FinishReason.CANCELLED) : request.mustEnd();
            if (reason.isEmpty()) continue;
            request.end(reason.get());
            queue.remove(request);
            for (var sequence : request.sequences()) running.leave(sequence);
            finishIfDone(request);
        }
        if (overdue) queue.allProbes().forEach(probe -> probe.result().cancel(false));
    }

    /** Asked once for each step that made a token, so that who counts the questions counts the tokens. */
    private boolean isCancelled() {
        if (failure.isPresent()) return true;
        if (asked == counts.steps()) return false;
        asked = counts.steps();
        try {
            return cancelled.getAsBoolean();
        } catch (RuntimeException | Error e) {
            noteFailure(e);
            return true;
        }
    }

    private void admit() {
        var ended = new ArrayList<Sequence>();
        while (running.admit(ended)) {
            ended.forEach(sequence -> finishIfDone(sequence.request()));
            ended.clear();
        }
    }

    // ---- a turn ----

    /** One pass: the next tokens of every running sequence, and beside them pieces of prompts. */
    private void step() {
        List<Sequence> planned = List.of();
        try {
            planned = plans.plan(running, constraints.unready(running.all(), queue));
            if (!makeRoom(planned)) return;
            if (planned.isEmpty()) {
                queue.pause(IDLE_MILLIS); // until a grammar is ready, or another request has come
                return;
            }
            pass(planned);
            errors = 0;
        } catch (RuntimeException e) {
            for (var one : involved(planned)) fail(one.request(), e);
            return;
        } catch (Error e) { // by want of memory for one: it is these texts' end, not the engine's
            for (var one : involved(planned))
                fail(one.request(), new IllegalStateException("Generation failed: " + e, e));
            if (++errors == MOST_ERRORS) throw e;
            return;
        }
        if (planned.stream().anyMatch(sequence -> sequence.fresh() > 0)) counts.step();
        planned.forEach(this::taken);
    }

    private List<Sequence> involved(List<Sequence> planned) {
        return planned.isEmpty() ? List.copyOf(running.all()) : planned;
    }

    private void pass(List<Sequence> planned) {
        var feeds = new ArrayList<Feed>();
        var ends = new int[planned.size()];
        for (int i = 0; i < ends.length; i++) {
            feeds.addAll(planned.get(i).feeds());
            ends[i] = feeds.size();
        }
        if (feeds.isEmpty()) return; // all that there is could not be prepared
        var outputs = session.feed(feeds);
        if (ends.length == 1) planned.getFirst().take(outputs); // one needs no team
        else ThreadTeam.shared().each(ends.length, i -> planned.get(i).take(outputs.subList(i == 0 ? 0 : ends[i - 1], ends[i])));
    }

    /** Memory for a pass: those that joined last wait for it. @return false if the only sequence has too little */
    private boolean makeRoom(List<Sequence> planned) {
        while (!prefixes.free(planned.stream().mapToInt(Sequence::blocks).sum())) {
            if (queue.probe().map(Probe::letGo).orElse(false)) continue;
            if (running.size() == 1) { // only one that has several branches: the memory is enough for any text alone
                fail(running.all().getFirst().request(),
                        new TooManyBranchesException("The memory for keys and values is too small for so many branches of a text: "
                                + "ask for fewer beams or candidates, or for a shorter text."));
                return false;
            }
            var last = running.giveBackLast();
            planned.remove(last);
        }
        return true;
    }

    private void taken(Sequence sequence) {
        if (sequence.failure().isPresent()) {
            fail(sequence.request(), sequence.failure().get());
            return;
        }
        if (sequence.fresh() > 0) {
            sequence.count(counts);
            if (sequence.hasJustBegun()) running.keep(sequence);
            try {
                sequence.tellInTime();
            } catch (RuntimeException | Error e) {
                failByListener(sequence.request(), e);
                return;
            }
        }
        if (sequence.running()) return;
        running.leave(sequence);
        finishIfDone(sequence.request());
    }

    /** One piece of the probe that came first. */
    private void probe() {
        var most = running.isEmpty() ? session.maxTokensPerPass() : Math.min(session.maxTokensPerPass(), limits.prefillTokens());
        queue.probe().filter(probe -> probe.step(session, prefixes, most, running.size())).ifPresent(queue::remove);
    }

    // ---- ends ----

    private void finishIfDone(Request request) {
        if (!request.isDone()) return;
        try {
            request.tellEnd();
        } catch (RuntimeException | Error e) {
            failByListener(request, e);
        }
    }

    private void failByListener(Request request, Throwable e) {
        noteFailure(e);
        fail(request, new IllegalStateException("The request's listener failed: " + e, e));
    }

    private void noteFailure(Throwable e) {
        if (together) failure = failure.or(() -> Optional.of(e));
    }

    /** Throws what the first request of one caller failed by, if one did. */
    void throwFailure() {
        if (failure.isEmpty()) return;
        if (failure.get() instanceof Error e) throw e;
        throw (RuntimeException) failure.get();
    }

    private void fail(Request request, RuntimeException failure) {
        noteFailure(failure);
        running.remove(request);
        queue.remove(request);
        try {
            request.fail(failure);
        } catch (RuntimeException | Error e) {
            // Its listener could not take that either; all others go on.
        }
    }

    private void failAll(Throwable cause) {
        failed = true;
        queue.close("The engine failed (" + cause + "); load the model again.", Optional.empty());
        var failure = new IllegalStateException("The engine failed: " + cause, cause);
        for (var request : running.requests()) fail(request, failure);
        for (var probe : queue.allProbes()) {
            queue.remove(probe);
            probe.fail(failure);
        }
        note();
    }
}
