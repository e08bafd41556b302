package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import dev.parley.generate.Generator.Completion;
import dev.parley.generate.constraint.Constraints;
import dev.parley.generate.constraint.TokenMasks;
import dev.parley.kernels.KvBlocks;
import dev.parley.kernels.ThreadTeam;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.model.SharedPasses;
import dev.parley.model.SharedPasses.Feed;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Continues the texts of many callers at once. Requests join and leave between steps (Yu et al. 2022, Orca, section 4.1); long
 * prompts are read in pieces beside the tokens of running texts (Agrawal et al. 2023, arXiv:2308.16369); keys and values lie in
 * blocks (Kwon et al. 2023, arXiv:2309.06180), which texts that begin alike share.
 *
 * <pre>{@code
 * try (var engine = new BatchingEngine(model, tokenizer, BatchingEngine.Limits.DEFAULT)) {
 *     var ticket = engine.submit(TextRequest.of(promptIds, config), listener);
 *     ticket.cancel();
 * }
 * }</pre>
 *
 * A text is the same to the last token alone, among others, and with or without what was kept of earlier ones. Where memory is
 * short the text that joined last gives its own back and waits, and goes on later as if nothing had been.
 */
public final class BatchingEngine implements AutoCloseable {

    /**
     * How much at once.
     *
     * @param running texts
     * @param waiting requests
     * @param cacheBytes of keys and values, and at least one whole context
     * @param prefillTokens of prompts in a step, while other texts wait for their next token
     */
    public record Limits(int running, int waiting, long cacheBytes, int prefillTokens) {

        /** 32 texts, 256 requests waiting, 1 GiB, 64 tokens. */
        public static final Limits DEFAULT = new Limits(32, 256, 1L << 30, 64);

        /** @throws IllegalArgumentException if nothing could run */
        public Limits {
            if (running < 1 || running > SharedPasses.MOST_TOKENS - 1 || waiting < 1 || prefillTokens < 1) {
                throw new IllegalArgumentException("An engine runs 1 to " + (SharedPasses.MOST_TOKENS - 1) + " texts, and lets at least one request wait.");
            }
        }
    }

    /** Is told of a request by the engine's thread, and should return at once. */
    public interface Listener {

        /**
         * New tokens of a text.
         *
         * @param logprobs of these tokens, where the config asks for them
         * @param text that is certain now; may be empty, and may come without tokens
         */
        void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text);

        void onEnd(Answer answer);

        void onFailure(RuntimeException failure);
    }

    /**
     * What became of a request.
     *
     * @param completions one for each text
     * @param promptLogprobs of the prompt's tokens from the second on, where they were wanted
     * @param cachedTokens of the prompt that had not to be read again
     */
    public record Answer(List<Completion> completions, List<TokenLogprob> promptLogprobs, int cachedTokens) {}

    /** A request that was taken. */
    @FunctionalInterface
    public interface Ticket {

        /** Ends it after the present step. */
        void cancel();
    }

    /**
     * What the engine does now, and has done.
     *
     * @param preempted texts that had to give their memory back
     */
    public record Stats(int running, int waiting, int usedBlocks, int blocks, long promptTokens, long cachedTokens, long completionTokens, long preempted) {}

    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final Constraints constraints;
    private final Limits limits;
    private final SharedPasses passes;
    private final PrefixCache prefixes;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final WaitingLine waiting = new WaitingLine(); // under the lock
    private final ArrayDeque<MeanState> states = new ArrayDeque<>(); // under the lock
    private final List<Row> running = new ArrayList<>(); // of the engine's thread
    private boolean closing; // under the lock
    private volatile Stats stats;
    private long promptTokens;
    private long cachedTokens;
    private long completionTokens;
    private long preempted;

    /** Starts an engine. The model belongs to it until it is closed. */
    public BatchingEngine(CausalLM model, Tokenizer tokenizer, Limits limits) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.limits = limits;
        constraints = new Constraints(tokenizer);
        passes = model.sharedPasses(limits.cacheBytes());
        prefixes = new PrefixCache(passes.pool());
        stats = new Stats(0, 0, 0, passes.pool().size(), 0, 0, 0, 0);
        thread = Thread.ofPlatform().name("parley-engine").start(this::run);
    }

    /**
     * Takes a request; its listener is told of all that follows.
     *
     * @throws ModelException if the prompt is empty or does not fit the context
     * @throws IllegalArgumentException if the config asks for beams, or for what a grammar cannot give
     * @throws QueueFullException if too many wait already
     */
    public Ticket submit(TextRequest request, Listener listener) {
        Generator.check(model, request.prompt());
        var config = request.config();
        if (config.numBeams() > 1 || config.penaltyAlpha() > 0) throw new IllegalArgumentException("Beams and contrastive search are not for many requests at once.");
        var masks = config.grammar().map(constraints::masks);
        var limit = Generator.limit(model, config, request.prompt().length);
        var task = new AnswerTask(request, listener, (row, pieces) -> text(row, request, limit, masks, pieces));
        lock.lock();
        try {
            if (closing) throw new IllegalStateException("The engine is being stopped.");
            if (waiting.size() >= limits.waiting()) throw new QueueFullException(waiting.size());
            waiting.add(task);
            news.signal();
        } finally {
            lock.unlock();
        }
        return () -> {
            task.cancel();
            wake();
        };
    }

    private GrowingText text(int row, TextRequest request, int limit, Optional<TokenMasks> masks, Generator.TextListener pieces) {
        var text = new GrowingText(row, request.prompt(), request.begun(), limit, request.config(), Optional.of(tokenizer), masks, pieces);
        if (limit == 0 && !(row == 0 && request.promptLogprobs())) text.end(FinishReason.LENGTH);
        return text;
    }

    /**
     * The mean of the vectors that the head reads of a text's tokens: (C).
     *
     * @throws ModelException if the text is empty or does not fit the context
     */
    public CompletableFuture<float[]> meanState(int[] ids) {
        Generator.check(model, ids);
        var task = new MeanState(ids, model.config().hiddenSize());
        lock.lock();
        try {
            if (closing) throw new IllegalStateException("The engine is being stopped.");
            if (states.size() + waiting.size() >= limits.waiting()) throw new QueueFullException(waiting.size());
            states.add(task);
            news.signal();
        } finally {
            lock.unlock();
        }
        return task.result();
    }

    /** What the engine does now, and has done. */
    public Stats stats() {
        return stats;
    }

    /** Whether it still takes and answers requests. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    private void wake() {
        lock.lock();
        try {
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- the engine's thread ----

    private void run() {
        try {
            while (awaitWork()) {
                endThoseThatMust();
                admit();
                if (!running.isEmpty()) step();
                readStates();
                note();
            }
        } finally {
            for (var row : List.copyOf(running)) row.task().fail(new IllegalStateException("The engine was stopped."));
            running.clear();
        }
    }

    private boolean awaitWork() {
        lock.lock();
        try {
            while (running.isEmpty() && waiting.isEmpty() && states.isEmpty()) {
                if (closing) return false;
                news.awaitUninterruptibly();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void note() {
        var pool = passes.pool();
        var inLine = 0;
        lock.lock();
        try {
            inLine = waiting.size() + states.size();
        } finally {
            lock.unlock();
        }
        stats = new Stats(running.size(), inLine, pool.size() - pool.free(), pool.size(), promptTokens, cachedTokens, completionTokens, preempted);
    }

    private void endThoseThatMust() {
        for (var row : List.copyOf(running)) {
            row.task().mustEnd().ifPresent(row.task()::end);
            leaveIfDone(row);
        }
        List<AnswerTask> ended;
        lock.lock();
        try {
            ended = waiting.removeThoseThatMustEnd();
        } finally {
            lock.unlock();
        }
        for (var task : ended) finishIfDone(task);
    }

    private void admit() {
        while (running.size() < limits.running()) {
            Optional<Row> next;
            lock.lock();
            try {
                next = waiting.next(running);
            } finally {
                lock.unlock();
            }
            if (next.isEmpty()) return;
            var row = next.get();
            if (!row.text().running()) { // without room for a token
                finishIfDone(row.task());
                continue;
            }
            join(row);
        }
    }

    private void join(Row row) {
        var cache = passes.newText();
        var ids = row.text().ids();
        if (!row.asksForPrompt()) cache.share(prefixes.find(ids));
        row.begin(cache);
        promptTokens += ids.length;
        cachedTokens += cache.length();
        running.add(row);
    }

    /** One pass: the next token of every running text, and beside them pieces of prompts. */
    private void step() {
        for (var row : List.copyOf(running)) {
            if (row.hasCache() && row.scoresPrompt()) scorePrompt(row);
        }
        var rows = new ArrayList<Row>();
        var feeds = plan(rows);
        if (feeds.isEmpty()) return;
        try {
            var scores = passes.feed(feeds);
            var failures = new RuntimeException[rows.size()];
            ThreadTeam.shared().each(rows.size(), i -> {
                try {
                    if (scores[i].length > 0) rows.get(i).text().take(scores[i]);
                } catch (RuntimeException e) {
                    failures[i] = e;
                }
            });
            for (int i = 0; i < scores.length; i++) {
                if (failures[i] != null) fail(rows.get(i).task(), failures[i]);
                else if (scores[i].length > 0) taken(rows.get(i));
            }
        } catch (RuntimeException e) {
            for (var row : rows) fail(row.task(), e);
        }
    }

    /** Which texts are fed how many tokens. Texts that wait for one token come first, then prompts in the order of joining. */
    private List<Feed> plan(List<Row> rows) {
        var decoding = (int) running.stream().filter(r -> r.pending() == 1).count();
        var room = decoding == 0 ? SharedPasses.MOST_TOKENS : Math.min(SharedPasses.MOST_TOKENS - decoding, limits.prefillTokens());
        var feeds = new ArrayList<Feed>();
        for (var row : running) {
            if (row.scoresPrompt()) continue;
            var count = row.pending() == 1 ? 1 : Math.min(room, row.pending());
            if (count == 0) continue;
            if (row.pending() > 1) room -= count;
            rows.add(row);
            feeds.add(new Feed(row.cache(), row.next(count), count == row.pending()));
        }
        while (!prefixes.free(feeds.stream().mapToInt(f -> f.text().blocksFor(f.ids().length)).sum())) {
            var last = running.getLast();
            var at = rows.indexOf(last);
            if (at >= 0) {
                rows.remove(at);
                feeds.remove(at);
            }
            giveBack(last);
        }
        return feeds;
    }

    /** Takes the memory of a text, which waits before all others then. */
    private void giveBack(Row row) {
        preempted++;
        running.remove(row);
        prefixes.keep(row.text().ids(), row.cache().full());
        row.letGo();
        lock.lock();
        try {
            waiting.addFirst(row);
        } finally {
            lock.unlock();
        }
    }

    private void taken(Row row) {
        completionTokens++;
        if (row.text().length() == row.task().request().prompt().length + 1) prefixes.keep(row.text().ids(), row.cache().full());
        row.tell();
        leaveIfDone(row);
    }

    private void scorePrompt(Row row) {
        try {
            var ids = row.next(Math.min(SharedPasses.MOST_TOKENS, row.pending()));
            while (!prefixes.free(row.cache().blocksFor(ids.length))) {
                if (running.getLast() == row) return;
                giveBack(running.getLast());
            }
            var at = row.cache().length();
            var prompt = row.task().request().prompt();
            var scores = passes.feedAll(row.cache(), ids);
            for (int i = 0; i < scores.length; i++) {
                if (at + i + 1 < prompt.length) row.task().addPromptLogprob(TokenLogprob.of(prompt[at + i + 1], scores[i], Math.max(0, row.task().request().config().logprobs())));
            }
            if (row.pending() > 0) return;
            if (row.text().limit() == 0) row.text().end(FinishReason.LENGTH);
            else row.text().take(scores[scores.length - 1]);
            taken(row);
        } catch (RuntimeException e) {
            fail(row.task(), e);
        }
    }

    private void leaveIfDone(Row row) {
        if (row.text().running()) return;
        running.remove(row);
        if (row.hasCache()) prefixes.keep(row.text().ids(), row.cache().full());
        row.letGo();
        finishIfDone(row.task());
    }

    private void finishIfDone(AnswerTask task) {
        if (!task.isDone()) return;
        try {
            task.tellEnd();
        } catch (RuntimeException e) {
            task.fail(e);
        }
    }

    private void fail(AnswerTask task, RuntimeException failure) {
        running.removeIf(row -> row.task() == task);
        lock.lock();
        try {
            waiting.remove(task);
        } finally {
            lock.unlock();
        }
        task.fail(failure);
    }

    /** One piece of the text whose mean state is wanted first, so that running texts do not wait for the whole. */
    private void readStates() {
        MeanState task;
        lock.lock();
        try {
            task = states.peek();
        } finally {
            lock.unlock();
        }
        if (task == null) return;
        if (!task.isCancelled() && !task.read(passes, prefixes)) return;
        lock.lock();
        try {
            states.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Finishes what runs and waits, takes no more, and frees the memory; the model remains its owner's to close. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        passes.close();
        if (interrupted) Thread.currentThread().interrupt();
    }
}
