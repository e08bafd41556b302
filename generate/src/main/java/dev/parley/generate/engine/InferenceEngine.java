package dev.parley.generate.engine;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.DraftModel;
import dev.parley.generate.strategy.Generation;
import dev.parley.generate.strategy.Strategy;
import dev.parley.grammar.Constraints;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.ModelException;
import dev.parley.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Continues the texts of many callers at once. Requests join and leave between steps (Yu et al. 2022, Orca, section 4.1); long
 * prompts are read in pieces beside the tokens of running texts (Agrawal et al. 2023, arXiv:2308.16369); keys and values lie in
 * blocks (Kwon et al. 2023, arXiv:2309.06180), which texts of one owner that begin alike share.
 *
 * <pre>{@code
 * try (var engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT)) {
 *     var ticket = engine.submit(TextRequest.of(promptIds, config), listener);
 *     ticket.cancel();
 * }
 * }</pre>
 *
 * A text is the same to the last token alone, among others, and with or without what was kept of earlier ones. Where memory is
 * short the text that joined last gives its own back and waits, and goes on later as if nothing had been.
 */
public final class InferenceEngine implements AutoCloseable {

    /**
     * How much at once.
     *
     * @param running texts
     * @param waiting requests
     * @param cacheBytes of keys and values, and at least one whole context
     * @param prefillTokens of prompts in a step, while other texts wait for their next token
     * @param sharedPrefixes whether texts of different owners that begin alike are read once; each can then find out what others have asked
     */
    public record Limits(int running, int waiting, long cacheBytes, int prefillTokens, boolean sharedPrefixes) {

        /** One less than the tokens of a pass, so that there is room for a prompt's. */
        private static final int MOST_RUNNING = 127;

        /** 32 texts, 256 requests waiting, 1 GiB, 64 tokens. */
        public static final Limits DEFAULT = new Limits(32, 256, 1L << 30, 64);

        /** Where each owner's texts are read for that owner alone. */
        public Limits(int running, int waiting, long cacheBytes, int prefillTokens) {
            this(running, waiting, cacheBytes, prefillTokens, false);
        }

        /** @throws IllegalArgumentException if nothing could run */
        public Limits {
            if (running < 1 || running > MOST_RUNNING || waiting < 1 || prefillTokens < 1) {
                throw new IllegalArgumentException("An engine runs 1 to " + MOST_RUNNING + " texts, and lets at least one request wait.");
            }
        }

        /** The same, with texts of different owners that begin alike read once or for each. */
        public Limits withSharedPrefixes(boolean shared) {
            return new Limits(running, waiting, cacheBytes, prefillTokens, shared);
        }
    }

    /** Is told of a request by the engine's thread, and should return at once. What it throws ends its own request, and no other. */
    public interface Listener {

        /**
         * New tokens of a text: the first as soon as it is there, then those of some 40 ms together.
         *
         * @param logprobs of these tokens, where the config asks for them
         * @param text that is certain now; may be empty, and may come without tokens
         */
        void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text);

        void onEnd(Answer answer);

        void onFailure(RuntimeException failure);
    }

    /**
     * How long a request took.
     *
     * @param waited for a place
     * @param firstToken from the request to the first token, if there was one
     * @param total from the request to the end
     */
    public record Timing(Duration waited, Optional<Duration> firstToken, Duration total) {}

    /**
     * What became of a request.
     *
     * @param completions one for each text
     * @param promptLogprobs of the prompt's tokens from the second on, where they were wanted
     * @param cachedTokens of the prompt that had not to be read again
     */
    public record Answer(List<Completion> completions, List<TokenLogprob> promptLogprobs, int cachedTokens, Timing timing) {}

    /** A request that was taken. */
    @FunctionalInterface
    public interface Ticket {

        /** Ends it after the present step. */
        void cancel();
    }

    /**
     * What the engine does now, and has done.
     *
     * @param running texts that have a place
     * @param waiting requests that have none yet
     * @param usedBlocks of memory for keys and values, of {@code blocks} in all
     * @param knownBlocks those of them that texts may begin with; when nothing runs, all used ones
     * @param promptTokens of all requests that have begun, {@code cachedTokens} of which had not to be read again
     * @param completionTokens that were made
     * @param preempted how often a text had to give its memory back, and to wait for it
     * @param firstToken from request to first token
     * @param nextToken from token to token of a text
     */
    public record Stats(int running, int waiting, int usedBlocks, int knownBlocks, int blocks, long promptTokens, long cachedTokens,
            long completionTokens, long preempted, Histogram firstToken, Histogram nextToken) {}

    /**
     * A listener is told this often at most: nobody reads faster, and what telling sets off is taken from the processors that the model
     * uses.
     */
    private static final long BETWEEN_TELLINGS = TimeUnit.MILLISECONDS.toNanos(40);

    /** Of finished texts, on the caller's thread, where the memory for running ones has no bound that they could be short of. */
    private static final long KEPT_BYTES = 1L << 30;

    private final CausalLM model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<Constraints> constraints;
    private final Optional<DraftModel> draft;
    private final InferenceSession session;
    private final RequestQueue queue;
    private final EngineLoop loop;
    private final Optional<Thread> thread;
    private final AtomicBoolean freed = new AtomicBoolean();

    /** Starts an engine. The model belongs to it until it is closed. */
    public InferenceEngine(CausalLM model, Tokenizer tokenizer, Limits limits) {
        this(model, tokenizer, Optional.empty(), limits);
    }

    /**
     * The same with a smaller model that guesses the next tokens of texts; the texts stay the same.
     *
     * @throws ModelException if the draft model has another vocabulary
     */
    public InferenceEngine(CausalLM model, Tokenizer tokenizer, Optional<CausalLM> draft, Limits limits) {
        this(model, Optional.of(tokenizer), Optional.of(new Constraints(tokenizer)), draft, limits, Long.MAX_VALUE, () -> false, true);
    }

    private InferenceEngine(CausalLM model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints, Optional<CausalLM> draft,
            Limits limits, long keptBytes, BooleanSupplier cancelled, boolean ownThread) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.constraints = constraints;
        draft.ifPresent(d -> DraftModel.check(d, model));
        session = model.openSession(limits.cacheBytes());
        this.draft = draft.map(d -> new DraftModel(d, model));
        queue = new RequestQueue(limits.waiting());
        loop = new EngineLoop(queue, limits, session, keptBytes, cancelled);
        thread = ownThread ? Optional.of(Thread.ofPlatform().name("parley-engine").start(loop)) : Optional.empty();
    }

    /**
     * An engine that runs on its caller's thread, when that says so: {@link #finish()}.
     *
     * @param tokenizer empty for ids alone
     * @param constraints of the tokenizer
     * @param cancelled asked before each step; if true, all texts end where they are
     */
    public static InferenceEngine onThisThread(CausalLM model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints,
            Optional<CausalLM> draft, BooleanSupplier cancelled) {
        return onThisThread(model, tokenizer, constraints, draft, KEPT_BYTES, cancelled);
    }

    /** The same. @param keptBytes of keys and values of finished texts at most, for those that begin alike */
    static InferenceEngine onThisThread(CausalLM model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints,
            Optional<CausalLM> draft, long keptBytes, BooleanSupplier cancelled) {
        var limits = new Limits(Limits.MOST_RUNNING, Integer.MAX_VALUE, Long.MAX_VALUE, Limits.MOST_RUNNING);
        return new InferenceEngine(model, tokenizer, constraints, draft, limits, keptBytes, cancelled, false);
    }

    /** Runs all requests to their ends, on this thread. */
    public void finish() {
        queue.close("The engine has finished.", Optional.empty());
        loop.run();
    }

    /**
     * Takes a request; its listener is told of all that follows.
     *
     * @throws ModelException if the prompt is empty or does not fit the context
     * @throws IllegalArgumentException if the config asks for what a grammar cannot give
     * @throws QueueFullException if too many wait already
     * @throws IllegalStateException if the engine is closed, or has failed, or has no tokenizer for a grammar
     */
    public Ticket submit(TextRequest asked, Listener listener) {
        check(asked.prompt());
        var config = asked.config();
        var masks = config.grammar().map(grammar -> constraints.orElseThrow(() -> new IllegalStateException(NO_TOKENIZER)).masks(grammar));
        var limit = Math.max(0, room(asked));
        if (limit == 0 && config.numBeams() > 1) throw new ModelException("No token can be made: the limit is 0.");
        var task = new Generation(asked.prompt(), asked.begun(), limit, config, tokenizer, masks);
        var request = new Request(asked, limit, listener, thread.isPresent() ? BETWEEN_TELLINGS : 0,
                (number, listeners) -> Strategy.of(task, number, draft, listeners));
        queue.add(request);
        return () -> {
            request.cancel();
            queue.wake();
        };
    }

    /** What is said where a model without a tokenizer is asked for text. */
    public static final String NO_TOKENIZER = "The model has no tokenizer, so that it reads and writes ids alone.";

    private void check(int[] prompt) {
        var context = model.config().maxPositionEmbeddings();
        if (prompt.length == 0) throw new ModelException("The prompt is empty; give it at least one token.");
        if (prompt.length >= context) {
            throw new ModelException(
                    "The prompt has " + prompt.length + " tokens and the model's context holds " + context + "; shorten it.");
        }
    }

    private int room(TextRequest asked) {
        GenerationConfig config = asked.config();
        var room = model.config().maxPositionEmbeddings() - asked.prompt().length;
        if (config.maxNewTokens() > 0) return Math.min(room, config.maxNewTokens());
        return config.maxLength() > 0 ? Math.max(0, Math.min(room, config.maxLength() - asked.prompt().length)) : room;
    }

    /** New tokens that each text of a request may have at most. */
    public int limit(TextRequest request) {
        return Math.max(0, room(request));
    }

    /**
     * The mean of the vectors that the head reads of a text's tokens: (C). Cancel it when it is not wanted any more.
     *
     * @param owner whose it is: the owners' texts are read in turn
     * @throws ModelException if the text is empty or does not fit the context
     * @throws QueueFullException if too many wait already
     * @throws IllegalStateException if the engine is closed, or has failed
     */
    public CompletableFuture<float[]> meanState(String owner, int[] ids) {
        return probe(new EmbeddingProbe(owner, ids, model.config().hiddenSize()));
    }

    /**
     * The weight that each head of each layer gives to each token of a text when it reads the last one: (L, H, S), of which each
     * row sums to one. That is what the token after the text is predicted from. Cancel it when it is not wanted any more.
     *
     * @param owner as above
     * @throws ModelException if the text is empty or does not fit the context
     * @throws QueueFullException if too many wait already
     * @throws IllegalStateException if the engine is closed, or has failed
     */
    public CompletableFuture<float[][][]> attention(String owner, int[] ids) {
        return probe(new AttentionProbe(owner, ids));
    }

    <T> CompletableFuture<T> probe(Probe<T> probe) {
        check(probe.ids());
        queue.add(probe);
        return probe.result();
    }

    /** What the engine does now, and has done. */
    public Stats stats() {
        return loop.stats();
    }

    /**
     * How long the present turn takes by now, at the end of which all running texts have a token more; nothing while there is nothing to
     * do.
     */
    public Duration turn() {
        return loop.turn();
    }

    /** Whether it takes requests: false once it is closed, or after a fault that it did not survive. */
    public boolean isAlive() {
        return queue.isOpen() && !loop.hasFailed();
    }

    /** Finishes what runs and waits, takes no more, and frees the memory; the model remains its owner's to close. */
    @Override
    public void close() {
        close(Optional.empty());
    }

    /** As {@link #close()}, but what is not finished in time ends as it is, cancelled. */
    public void close(Duration patience) {
        close(Optional.of(patience));
    }

    private void close(Optional<Duration> patience) {
        queue.close("The engine is being stopped.", patience);
        thread.ifPresent(InferenceEngine::join);
        if (freed.getAndSet(true)) return;
        session.close();
        draft.ifPresent(DraftModel::close);
    }

    private static void join(Thread thread) {
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
