package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import dev.parley.generate.BatchingEngine.Limits;
import dev.parley.generate.BatchingEngine.Stats;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.SharedPasses;
import dev.parley.model.SharedPasses.Feed;
import dev.parley.model.SharedPasses.Scored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The thread of a {@link BatchingEngine}: it gives texts their places, and all of them their next tokens, turn after turn. */
final class EngineLoop implements Runnable {

    private static final int SCORED_TOKENS = 32; // of a prompt whose own probabilities are wanted: a row of the vocabulary's size for each
    private static final int MOST_ERRORS = 3; // what goes wrong so often is not over with the pass
    private static final long WAITING = Long.MIN_VALUE;

    private static final int IDLE_MILLIS = 20;

    private final Intake intake;
    private final Limits limits;
    private final SharedPasses passes;
    private final PrefixCache prefixes;
    private final EngineCounts counts = new EngineCounts();
    private final List<Row> running = new ArrayList<>(); // in the order of joining
    private final FormWork forms;
    private volatile Stats stats;
    private volatile boolean failed;
    private volatile long turnBegan = WAITING; // in nanoseconds
    private int errors; // passes in a row that Java itself ended

    EngineLoop(Intake intake, Limits limits, SharedPasses passes) {
        this.intake = intake;
        this.limits = limits;
        this.passes = passes;
        prefixes = new PrefixCache(passes.pool(), limits.sharedPrefixes());
        forms = new FormWork(intake::wake);
        note();
    }

    Stats stats() {
        return stats;
    }

    /** Whether it ended by a fault. */
    boolean hasFailed() {
        return failed;
    }

    /** How long the present turn takes by now; nothing while there is nothing to do. */
    Duration turn() {
        var began = turnBegan;
        return began == WAITING ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void run() {
        try {
            while (!running.isEmpty() || intake.awaitWork()) {
                turnBegan = System.nanoTime();
                endThoseThatMust();
                admit();
                if (!running.isEmpty()) step();
                read();
                note();
                turnBegan = WAITING;
            }
        } catch (Throwable e) { // whatever it is: nobody may be left waiting
            failAll(e);
        } finally {
            turnBegan = WAITING;
            forms.close();
        }
    }

    private void note() {
        var pool = passes.pool();
        stats = counts.now(running.size(), intake.size(), pool.size() - pool.free(), prefixes.size(), pool.size());
    }

    // ---- who has a place ----

    private void endThoseThatMust() {
        var overdue = intake.isOverdue();
        for (var task : allTasks()) {
            var reason = overdue ? Optional.of(FinishReason.CANCELLED) : task.mustEnd();
            if (reason.isEmpty()) continue;
            task.end(reason.get());
            intake.remove(task);
            for (var row : task.rows()) leave(row);
            finishIfDone(task);
        }
        if (overdue) intake.allReadings().forEach(reading -> reading.result().cancel(false));
    }

    private LinkedHashSet<AnswerTask> allTasks() {
        var tasks = new LinkedHashSet<AnswerTask>();
        running.forEach(row -> tasks.add(row.task()));
        tasks.addAll(intake.tasks());
        return tasks;
    }

    private void admit() {
        while (running.size() < limits.running()) {
            var next = intake.next(running);
            if (next.isEmpty()) return;
            var row = next.get();
            if (!row.text().running()) { // without room for a token
                finishIfDone(row.task());
            } else if (!join(row)) {
                intake.addFirst(row);
                return;
            }
        }
    }

    /** Gives a text its place, if there is memory for it and for a block more of each that runs: else it would soon have to leave again. */
    private boolean join(Row row) {
        var cache = passes.newText();
        var ids = row.text().ids();
        if (!row.asksForPrompt()) cache.share(prefixes.find(row.task().request().owner(), ids));
        if (!running.isEmpty() && prefixes.available() < cache.blocksFor(ids.length - cache.length()) + running.size()) {
            cache.close();
            return false;
        }
        if (row.begin(cache)) counts.prompt(ids.length, cache.length());
        running.add(row);
        return true;
    }

    /** Takes the memory of a text, which waits before all others then. */
    private void giveBack(Row row) {
        counts.preemption();
        leave(row);
        intake.addFirst(row);
    }

    /** Gives up a text's place, if it has one; its keys and values are kept as long as nobody needs the memory. */
    private void leave(Row row) {
        running.remove(row);
        if (row.hasCache()) prefixes.keep(row.task().request().owner(), row.text().ids(), row.cache());
        row.letGo();
    }

    // ---- a turn ----

    /** One pass: the next token of every running text, and beside them pieces of prompts. */
    private void step() {
        var rows = plan(forms.unready(running, intake));
        if (rows.isEmpty()) {
            intake.pause(IDLE_MILLIS); // until a form is ready, or another request has come
            return;
        }
        try {
            var scores = passes.feed(rows.stream().map(p -> p.feed).toList());
            ThreadTeam.shared().each(rows.size(), i -> rows.get(i).take(scores[i]));
            errors = 0;
        } catch (RuntimeException e) {
            for (var planned : rows) fail(planned.row.task(), e);
            return;
        } catch (Error e) { // by want of memory for one: it is these texts' end, not the engine's
            for (var planned : rows) fail(planned.row.task(), new IllegalStateException("Java could not go on with the texts: " + e, e));
            if (++errors == MOST_ERRORS) throw e;
            return;
        }
        rows.forEach(this::taken);
    }

    /** A text with what is fed to it, and what came of it. */
    private static final class Planned {

        private final Row row;
        private final Feed feed;
        private boolean hasToken;
        private Optional<RuntimeException> failure = Optional.empty();

        Planned(Row row, int count) {
            this.row = row;
            var scored = row.asksForPrompt() ? Scored.ALL : count == row.pending() ? Scored.LAST : Scored.NONE;
            feed = new Feed(row.cache(), row.next(count), scored);
        }

        int blocks() {
            return feed.text().blocksFor(feed.ids().length);
        }

        void take(float[][] scores) {
            try {
                hasToken = row.take(scores);
            } catch (RuntimeException e) {
                failure = Optional.of(e);
            } catch (StackOverflowError e) { // by a grammar of many levels
                failure = Optional.of(new IllegalStateException("The answer's form has too many levels.", e));
            } catch (Error e) {
                failure = Optional.of(new IllegalStateException("Java could not go on with the text: " + e, e));
            }
        }
    }

    /**
     * Which texts are fed how many tokens, for which there is memory. Those that wait for one token come first, then prompts in the
     * order of joining.
     *
     * @param unready texts of which it is not known yet what may come next: they are fed no last token, and so are no burden to others
     */
    private List<Planned> plan(Set<Row> unready) {
        var planned = new ArrayList<Planned>();
        var decoding = (int) running.stream().filter(r -> r.pending() == 1).count();
        var room = decoding == 0 ? SharedPasses.MOST_TOKENS : Math.min(SharedPasses.MOST_TOKENS - decoding, limits.prefillTokens());
        for (var row : running) {
            var count = row.pending() == 1 ? 1 : Math.min(row.asksForPrompt() ? Math.min(SCORED_TOKENS, room) : room, row.pending());
            if (count == 0 || count == row.pending() && unready.contains(row)) continue;
            if (row.pending() > 1) room -= count;
            planned.add(new Planned(row, count));
        }
        while (!prefixes.free(planned.stream().mapToInt(Planned::blocks).sum())) {
            if (intake.reading().map(Reading::letGo).orElse(false)) continue;
            var last = running.getLast(); // never the only one: the memory is enough for any text alone
            planned.removeIf(p -> p.row == last);
            giveBack(last);
        }
        return planned;
    }

    private void taken(Planned planned) {
        var row = planned.row;
        if (planned.failure.isPresent()) {
            fail(row.task(), planned.failure.get());
            return;
        }
        if (planned.hasToken) {
            counts.completionToken();
            row.time(counts);
            if (row.text().length() == row.task().request().prompt().length + 1) prefixes.keep(row.task().request().owner(), row.text().ids(), row.cache());
            try {
                row.tellInTime();
            } catch (RuntimeException | Error e) {
                fail(row.task(), listenerFailed(e));
                return;
            }
        }
        if (row.text().running()) return;
        leave(row);
        finishIfDone(row.task());
    }

    /** One piece of the text that is only read and came first. */
    private void read() {
        var most = running.isEmpty() ? SharedPasses.MOST_TOKENS : Math.min(SharedPasses.MOST_TOKENS, limits.prefillTokens());
        intake.reading().filter(reading -> reading.step(passes, prefixes, most, running.size())).ifPresent(intake::remove);
    }

    // ---- ends ----

    private void finishIfDone(AnswerTask task) {
        if (!task.isDone()) return;
        try {
            task.tellEnd();
        } catch (RuntimeException | Error e) {
            fail(task, listenerFailed(e));
        }
    }

    private static RuntimeException listenerFailed(Throwable e) {
        return new IllegalStateException("Whoever listens to the answer failed: " + e, e);
    }

    private void fail(AnswerTask task, RuntimeException failure) {
        running.removeIf(row -> row.task() == task);
        intake.remove(task);
        try {
            task.fail(failure);
        } catch (RuntimeException | Error e) {
            // Its listener could not take that either; all others go on.
        }
    }

    private void failAll(Throwable cause) {
        failed = true;
        intake.close("The engine failed (" + cause + "); load the model again.", Optional.empty());
        var failure = new IllegalStateException("The engine failed: " + cause, cause);
        for (var task : allTasks()) fail(task, failure);
        for (var reading : intake.allReadings()) {
            intake.remove(reading);
            reading.fail(failure);
        }
        note();
    }
}
