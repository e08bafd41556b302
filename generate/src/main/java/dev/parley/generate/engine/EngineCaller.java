package dev.parley.generate.engine;

import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Asks an engine and waits for the answer, one at a time, which another thread may stop.
 *
 * <pre>{@code
 * var answer = new EngineCaller(engine).answer(TextRequest.of(ids, config), (sequence, ids, text) -> System.out.print(text));
 * }</pre>
 */
public final class EngineCaller {

    /** Takes each piece of an answer as soon as it is certain, on the engine's thread. */
    @FunctionalInterface
    public interface Pieces {

        /**
         * More of a sequence.
         *
         * @param ids that are new
         * @param text that is final now; may be empty
         */
        void on(int sequence, int[] ids, String text);
    }

    private final InferenceEngine engine;
    private volatile Optional<Ticket> running = Optional.empty();
    private volatile boolean stopped; // the answer that is given, or is about to be

    /**
     * @param engine stays the caller's
     */
    public EngineCaller(InferenceEngine engine) {
        this.engine = engine;
    }

    /** An answer is about to be asked for: a stop that came too late for the one before is not meant for it. */
    public void ready() {
        stopped = false;
    }

    /** Asks, and waits for the end. What the engine fails by is thrown. */
    public Answer answer(TextRequest request, Pieces pieces) {
        var ticket = engine.submit(request, (sequence, ids, logprobs, text) -> pieces.on(sequence, ids, text));
        running = Optional.of(ticket);
        if (stopped) stop(); // before there was a ticket
        try {
            return ticket.answer().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            running = Optional.empty();
        }
    }

    /** Ends the answer that is being given, where it is. */
    public void stop() {
        stopped = true;
        running.ifPresent(Ticket::cancel);
    }
}
