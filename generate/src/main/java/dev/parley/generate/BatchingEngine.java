package dev.parley.generate;

import dev.parley.generate.Generator.Completion;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.Constraints;
import dev.parley.grammar.TokenMasks;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.model.SharedPasses;
import dev.parley.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Continues the texts of many callers at once. Requests join and leave between steps (Yu et al. 2022, Orca, section 4.1); long
 * prompts are read in pieces beside the tokens of running texts (Agrawal et al. 2023, arXiv:2308.16369); keys and values lie in
 * blocks (Kwon et al. 2023, arXiv:2309.06180), which texts of one owner that begin alike share.
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
     * @param sharedPrefixes whether texts of different owners that begin alike are read once; each can then find out what others have asked
     */
    public record Limits(int running, int waiting, long cacheBytes, int prefillTokens, boolean sharedPrefixes) {

        /** 32 texts, 256 requests waiting, 1 GiB, 64 tokens. */
        public static final Limits DEFAULT = new Limits(32, 256, 1L << 30, 64);

        /** Where each owner's texts are read for that owner alone. */
        public Limits(int running, int waiting, long cacheBytes, int prefillTokens) {
            this(running, waiting, cacheBytes, prefillTokens, false);
        }

        /** @throws IllegalArgumentException if nothing could run */
        public Limits {
            if (running < 1 || running > SharedPasses.MOST_TOKENS - 1 || waiting < 1 || prefillTokens < 1) {
                throw new IllegalArgumentException("An engine runs 1 to " + (SharedPasses.MOST_TOKENS - 1) + " texts, and lets at least one request wait.");
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

    private final CausalLM model;
    private final Tokenizer tokenizer;
    private final Constraints constraints;
    private final SharedPasses passes;
    private final Intake intake;
    private final EngineLoop loop;
    private final Thread thread;
    private final AtomicBoolean freed = new AtomicBoolean();

    /** Starts an engine. The model belongs to it until it is closed. */
    public BatchingEngine(CausalLM model, Tokenizer tokenizer, Limits limits) {
        this.model = model;
        this.tokenizer = tokenizer;
        constraints = new Constraints(tokenizer);
        passes = model.sharedPasses(limits.cacheBytes());
        intake = new Intake(limits.waiting());
        loop = new EngineLoop(intake, limits, passes);
        thread = Thread.ofPlatform().name("parley-engine").start(loop);
    }

    /**
     * Takes a request; its listener is told of all that follows.
     *
     * @throws ModelException if the prompt is empty or does not fit the context
     * @throws IllegalArgumentException if the config asks for beams, or for what a grammar cannot give
     * @throws QueueFullException if too many wait already
     * @throws IllegalStateException if the engine is closed, or has failed
     */
    public Ticket submit(TextRequest request, Listener listener) {
        Generator.check(model, request.prompt());
        var config = request.config();
        if (config.numBeams() > 1 || config.penaltyAlpha() > 0) throw new IllegalArgumentException("Beams and contrastive search are not for many requests at once.");
        var masks = config.grammar().map(constraints::masks);
        var limit = Generator.limit(model, config, request.prompt().length);
        var task = new AnswerTask(request, listener, (row, pieces) -> text(row, request, limit, masks, pieces));
        intake.add(task);
        return () -> {
            task.cancel();
            intake.wake();
        };
    }

    /** New tokens that each text of a request may have at most. */
    public int limit(TextRequest request) {
        return Math.max(0, Generator.limit(model, request.config(), request.prompt().length));
    }

    private GrowingText text(int row, TextRequest request, int limit, Optional<TokenMasks> masks, Generator.TextListener pieces) {
        var text = new GrowingText(row, row, request.prompt(), request.begun(), limit, request.config(), Optional.of(tokenizer), masks, pieces);
        if (limit == 0 && !(row == 0 && request.promptLogprobs())) text.end(FinishReason.LENGTH);
        return text;
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
        return read(new MeanState(owner, ids, model.config().hiddenSize()));
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
        return read(new LastAttention(owner, ids));
    }

    <T> CompletableFuture<T> read(Reading<T> reading) {
        Generator.check(model, reading.ids());
        intake.add(reading);
        return reading.result();
    }

    /** What the engine does now, and has done. */
    public Stats stats() {
        return loop.stats();
    }

    /** How long the present turn takes by now, at the end of which all running texts have a token more; nothing while there is nothing to do. */
    public Duration turn() {
        return loop.turn();
    }

    /** Whether it takes requests: false once it is closed, or after a fault that it did not survive. */
    public boolean isAlive() {
        return intake.isOpen() && !loop.hasFailed();
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
        intake.close("The engine is being stopped.", patience);
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!freed.getAndSet(true)) passes.close();
        if (interrupted) Thread.currentThread().interrupt();
    }
}
