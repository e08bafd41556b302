package dev.parley.generate.engine;

import dev.parley.generate.embedding.Pooling;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.DraftModel;
import dev.parley.generate.strategy.Generation;
import dev.parley.grammar.Constraints;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.LanguageModel;
import dev.parley.model.ModelException;
import dev.parley.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Generates for many callers at once. Requests join and leave between steps (continuous batching, Yu et al. 2022, Orca, section
 * 4.1); long prompts are prefilled in chunks beside the tokens of running sequences (Agrawal et al. 2023, arXiv:2308.16369); keys and
 * values lie in blocks (Kwon et al. 2023, arXiv:2309.06180), which sequences of one owner share where they have a prefix in common.
 *
 * <pre>{@code
 * try (var engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT)) {
 *     var ticket = engine.submit(TextRequest.of(promptIds, config), listener);
 *     ticket.cancel();
 * }
 * }</pre>
 *
 * A sequence comes out the same, token for token, whether it runs alone or in a batch, and with or without the prefix cache. When
 * memory runs short, the sequence that joined last is preempted: it gives its memory back, waits, and later continues unchanged.
 */
public final class InferenceEngine implements AutoCloseable {

    /**
     * How much an engine does at once.
     *
     * @param running most sequences that run
     * @param waiting most requests that wait
     * @param cacheBytes memory for keys and values; at least one whole context is kept
     * @param prefillTokens prompt tokens that a step may process while other sequences wait for their next token; a model that libtorch
     *     runs alone reads each prompt in one step
     * @param sharedPrefixes whether different owners share prefixes; each could then find out what others have asked
     */
    public record Limits(int running, int waiting, long cacheBytes, int prefillTokens, boolean sharedPrefixes) {

        /** One less than the tokens of a pass, so that there is room for a prompt's. */
        private static final int MOST_RUNNING = 127;

        /** 32 sequences, 256 requests waiting, 1 GiB, 64 tokens. */
        public static final Limits DEFAULT = new Limits(32, 256, 1L << 30, 64);

        /** Prefixes are shared within each owner only. */
        public Limits(int running, int waiting, long cacheBytes, int prefillTokens) {
            this(running, waiting, cacheBytes, prefillTokens, false);
        }

        /** @throws IllegalArgumentException if nothing could run */
        public Limits {
            if (running < 1 || running > MOST_RUNNING || waiting < 1 || prefillTokens < 1) {
                throw new IllegalArgumentException(
                        "An engine runs 1 to " + MOST_RUNNING + " sequences, and lets at least one request wait.");
            }
        }

        /** The same limits with so many sequences that run. */
        public Limits withRunning(int running) {
            return new Limits(running, waiting, cacheBytes, prefillTokens, sharedPrefixes);
        }

        /** The same limits, with or without sharing of prefixes between owners. */
        public Limits withSharedPrefixes(boolean shared) {
            return new Limits(running, waiting, cacheBytes, prefillTokens, shared);
        }
    }

    /** Follows a request. It is called on the engine's thread and should return at once; an exception from it ends its own request only. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Takes new tokens of a sequence: the first as soon as it is there, later ones in groups of some 40 ms.
         *
         * @param logprobs of these tokens, if the config asks for them
         * @param text that is final now; may be empty, and may come without tokens
         */
        void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text);

        /** The request has ended with this answer; nothing follows. */
        default void onEnd(Answer answer) {}

        /** The request cannot be answered; nothing follows. */
        default void onFailure(RuntimeException failure) {}
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
     * The outcome of a request.
     *
     * @param completions one for each sequence
     * @param promptLogprobs of the prompt's tokens from the second on, if asked for
     * @param cachedTokens prompt tokens that the prefix cache already held
     */
    public record Answer(List<Completion> completions, List<TokenLogprob> promptLogprobs, int cachedTokens, Timing timing) {}

    /** A request that the engine has accepted. */
    public interface Ticket {

        /** Ends it after the present step. */
        void cancel();

        /** What comes of it, once its listener knows. */
        CompletableFuture<Answer> answer();
    }

    /** Of finished texts, on the caller's thread, where the memory for running ones has no bound that they could be short of. */
    private static final long KEPT_BYTES = 1L << 30;

    private final LanguageModel model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<Constraints> constraints;
    private final Optional<DraftModel> draft;
    private final InferenceSession session;
    private final RequestQueue queue;
    private final EngineLoop loop;
    private final Optional<Thread> thread;
    private final AtomicBoolean freed = new AtomicBoolean();

    /** Starts an engine. The model belongs to it until it is closed. */
    public InferenceEngine(LanguageModel model, Tokenizer tokenizer, Limits limits) {
        this(model, tokenizer, Optional.empty(), limits);
    }

    /**
     * Starts an engine that drafts tokens with a smaller model (speculative decoding); the output stays the same.
     *
     * @throws ModelException if the draft model has another vocabulary
     */
    public InferenceEngine(LanguageModel model, Tokenizer tokenizer, Optional<CausalLM> draft, Limits limits) {
        this(model, Optional.of(tokenizer), Optional.of(new Constraints(tokenizer)), draft, limits, Long.MAX_VALUE, () -> false, true);
    }

    private InferenceEngine(LanguageModel model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints, Optional<CausalLM> draft,
            Limits limits, long keptBytes, BooleanSupplier cancelled, boolean ownThread) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.constraints = constraints;
        draft.ifPresent(d -> DraftModel.check(d, model));
        session = model.openSession(limits.cacheBytes(), !ownThread);
        this.draft = draft.map(d -> new DraftModel(d, model, limits.cacheBytes()));
        queue = new RequestQueue(limits.waiting());
        loop = new EngineLoop(queue, limits, session, keptBytes, cancelled, !ownThread);
        thread = ownThread ? Optional.of(Thread.ofPlatform().name("parley-engine").start(loop)) : Optional.empty();
    }

    /**
     * An engine without a thread of its own: {@link #finish()} runs it on the caller's, for requests that belong together.
     *
     * @param tokenizer empty for token ids only
     * @param constraints of the tokenizer
     * @param cancelled asked before each step; if true, all sequences end at once
     */
    public static InferenceEngine onThisThread(LanguageModel model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints,
            Optional<CausalLM> draft, BooleanSupplier cancelled) {
        return onThisThread(model, tokenizer, constraints, draft, KEPT_BYTES, cancelled);
    }

    /** The same. @param keptBytes of keys and values of finished texts at most, for those that begin alike */
    static InferenceEngine onThisThread(LanguageModel model, Optional<Tokenizer> tokenizer, Optional<Constraints> constraints,
            Optional<CausalLM> draft, long keptBytes, BooleanSupplier cancelled) {
        var limits = new Limits(Limits.MOST_RUNNING, Integer.MAX_VALUE, Long.MAX_VALUE, Limits.MOST_RUNNING);
        return new InferenceEngine(model, tokenizer, constraints, draft, limits, keptBytes, cancelled, false);
    }

    /** Runs all requests to completion on this thread. The first that fails ends all, and what it failed by is thrown. */
    public void finish() {
        queue.close("The engine has finished.", Optional.empty());
        loop.run();
        loop.throwFailure();
    }

    /**
     * Submits a request; its listener is told everything that follows.
     *
     * @throws ModelException if the prompt is empty or does not fit the context
     * @throws IllegalArgumentException if the config asks for a grammar that cannot be built
     * @throws QueueFullException if too many requests are waiting
     * @throws IllegalStateException if the engine is closed, or has failed, or has no tokenizer for a grammar
     */
    public Ticket submit(TextRequest asked, Listener listener) {
        check(asked.prompt());
        var config = asked.config();
        var masks = config.grammar().map(grammar -> constraints.orElseThrow(() -> new IllegalStateException(NO_TOKENIZER)).masks(grammar,
                Set.copyOf(config.shownSpecialTokens())));
        var limit = limit(asked);
        if (limit == 0 && config.numBeams() > 1) throw new ModelException("No token can be made: the limit is 0.");
        var task = new Generation(asked.prompt(), asked.begun(), limit, config, tokenizer, masks);
        var request = new Request(asked, task, draft, listener, thread.isPresent() ? Request.BETWEEN_TELLINGS : 0, queue::wake);
        queue.add(request);
        return request;
    }

    /** The message where a model without a tokenizer is asked for text. */
    public static final String NO_TOKENIZER = "The model has no tokenizer, so it reads and writes token ids only.";

    private void check(int[] prompt) {
        var context = model.config().maxPositionEmbeddings();
        if (prompt.length == 0) throw new ModelException("The prompt is empty; give it at least one token.");
        if (prompt.length >= context) {
            throw new ModelException(
                    "The prompt has " + prompt.length + " tokens and the model's context holds " + context + "; shorten it.");
        }
    }

    /** The most new tokens that each sequence of a request may have. */
    public int limit(TextRequest request) {
        return request.limit(model.config().maxPositionEmbeddings());
    }

    /**
     * A vector of a sequence from its final hidden states: (poolings · C), not brought to length one. Cancel it when it is no longer
     * wanted.
     *
     * @param owner who asks; owners take turns
     * @param poolings as the model's {@code EmbeddingRules} say, which also make of this the vector that is meant; for the state after
     *     the last token, that alone
     * @throws ModelException if there is no token, or more than fit the context
     * @throws QueueFullException if too many requests are waiting
     * @throws IllegalStateException if the engine is closed, or has failed
     */
    public CompletableFuture<float[]> embedding(String owner, int[] ids, List<Pooling> poolings) {
        return probe(new EmbeddingProbe(owner, ids, poolings, model.config().hiddenSize()));
    }

    <T> CompletableFuture<T> probe(Probe<T> probe) {
        check(probe.ids());
        queue.add(probe);
        return probe.result();
    }

    /** What the engine is doing, and has done so far. */
    public EngineStats stats() {
        return loop.stats();
    }

    /** How long the current turn, in which every running sequence gets its next token, has taken; zero while there is nothing to do. */
    public Duration turn() {
        return loop.turn();
    }

    /** Whether it accepts requests: false once it is closed or has failed. */
    public boolean isAlive() {
        return queue.isOpen() && !loop.hasFailed();
    }

    /** Accepts no more requests, finishes those that run or wait, and frees the memory. The model stays open. */
    @Override
    public void close() {
        close(Optional.empty());
    }

    /** As {@link #close()}, but cancels what has not finished in time. */
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
