package dev.parley.serve.answering;

import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.QueueFullException;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.engine.TooManyBranchesException;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.GrammarException;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Reservation;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The requests of one client at the engine, followed by the client's thread: pieces one after the other, then the ends. The engine's
 * thread only puts them into a queue, so that a slow client does not hold up the others.
 */
public final class EngineCall {

    private static final int MOST_AT_ONCE = 32; // of one client's requests; the others' wait is no longer for it
    private static final Duration PATIENCE = Duration.ofSeconds(10); // until the engine's present step is over, and what is broken off ends

    /** What a run tells, on the thread of the client. */
    public interface Reader {

        /** @param request its place in the list */
        void onTokens(int request, int row, int[] ids, List<TokenLogprob> logprobs, String text);

        /**
         * A request has ended.
         *
         * @param request its place in the list
         */
        default void onEnd(int request, Answer answer) {}

        /** Nothing may have come for a while; all that is submitted is still wanted. */
        default void onWait() {}
    }

    private sealed interface Event {}

    private record Tokens(int request, int row, int[] ids, List<TokenLogprob> logprobs, String text) implements Event {}

    private record End(int request, Answer answer) implements Event {}

    private record Failure(int request, RuntimeException cause) implements Event {}

    /**
     * It is time to see whether the client is there. A wait with a time of its own for each token would cost more than the token's event.
     */
    private record Look() implements Event {}

    private final ServedModel model;
    private final List<TextRequest> requests;
    private final ClientPresence client;
    private final Reader reader;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<Integer, Ticket> running = new HashMap<>();
    private final Answer[] answers;
    private final long[] made; // tokens of each request so far
    private int submitted;
    private Scheduler.Task nextLook;

    private EngineCall(ServedModel model, List<TextRequest> requests, ClientPresence client, Reader reader) {
        this.model = model;
        this.requests = requests;
        this.client = client;
        this.reader = reader;
        answers = new Answer[requests.size()];
        made = new long[requests.size()];
        lookLater();
    }

    private void lookLater() {
        nextLook = client.nextLook(() -> events.add(new Look()));
    }

    /**
     * Runs requests to their ends. Where the client has left, they are cancelled.
     *
     * @param caller pays for the tokens, also for those of a sequence that was cancelled, and of a prompt that nothing came of
     * @return an answer to each
     * @throws ClientGone if the client left
     * @throws ApiError if the engine cannot take them, or the caller may not have so many tokens
     */
    public static List<Answer> run(ServedModel model, List<TextRequest> requests, Caller caller, ClientPresence client,
            Reader reader) {
        var reservation = reserved(model.engine(), requests, caller);
        var run = new EngineCall(model, limited(model.engine(), requests, reservation.answers()), client, reader);
        try {
            return run.follow();
        } finally {
            run.nextLook.cancel();
            run.breakOff();
            reservation.settle(run.tokens());
        }
    }

    /** Before the first begins, the tokens that all may come to. */
    private static Reservation reserved(InferenceEngine engine, List<TextRequest> requests, Caller caller) {
        var prompts = requests.stream().mapToLong(request -> request.prompt().length).sum();
        var unlimited = requests.stream().allMatch(request -> request.config().maxNewTokens() == 0 && request.config().maxLength() == 0);
        return caller.reserve(prompts, answers(engine, requests), unlimited);
    }

    private static long answers(InferenceEngine engine, List<TextRequest> requests) {
        return requests.stream().mapToLong(request -> (long) sequences(request) * engine.limit(request)).sum();
    }

    /** Sequences that grow at once for a request: its answers, or the beams that they are chosen from. */
    private static int sequences(TextRequest request) {
        return Math.max(request.config().numReturnSequences(), request.config().numBeams());
    }

    /** The same, where their answers may have fewer tokens than they could: equally many each, and at least one. */
    private static List<TextRequest> limited(InferenceEngine engine, List<TextRequest> requests, long granted) {
        if (granted >= answers(engine, requests)) return requests;
        var each = granted / requests.stream().mapToInt(EngineCall::sequences).sum();
        return requests.stream().map(request -> request.withMaxNewTokens((int) Math.max(1, each))).toList();
    }

    /** Ends what still runs, which is something after a fault alone or where the client left. Beams are told only now, at their end. */
    private void breakOff() {
        running.values().forEach(Ticket::cancel);
        running.forEach((request, ticket) -> {
            try {
                answers[request] = ticket.answer().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // What its listener was told has to do.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Tokens read and made. */
    private long tokens() {
        var tokens = 0L;
        for (int i = 0; i < submitted; i++) {
            if (answers[i] != null) tokens += requests.get(i).prompt().length + Usage.of(0, answers[i]).completionTokens();
            else tokens += requests.get(i).prompt().length + made[i];
        }
        return tokens;
    }

    private List<Answer> follow() {
        do {
            submit();
            switch (next()) {
                case Tokens t -> {
                    made[t.request()] += t.ids().length;
                    reader.onTokens(t.request(), t.row(), t.ids(), t.logprobs(), t.text());
                }
                case End end -> {
                    running.remove(end.request());
                    answers[end.request()] = end.answer();
                    reader.onEnd(end.request(), end.answer());
                }
                case Failure failure -> {
                    running.remove(failure.request());
                    throw told(failure.cause());
                }
                case Look look -> {
                    if (!client.isThere()) throw new ClientGone();
                    reader.onWait();
                    lookLater();
                }
            }
        } while (!running.isEmpty() || submitted < requests.size());
        return List.of(answers);
    }

    private void submit() {
        while (submitted < requests.size() && running.size() < MOST_AT_ONCE) {
            try {
                var number = submitted;
                running.put(number, model.submit(requests.get(number), listener(number)));
                submitted++;
            } catch (QueueFullException e) {
                if (running.isEmpty()) throw e;
                return; // the others of this client are before it
            } catch (RuntimeException e) {
                throw told(e);
            }
        }
    }

    private InferenceEngine.Listener listener(int request) {
        return new InferenceEngine.Listener() {
            @Override
            public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                events.add(new Tokens(request, row, ids, logprobs, text));
            }

            @Override
            public void onEnd(Answer answer) {
                events.add(new End(request, answer));
            }

            @Override
            public void onFailure(RuntimeException failure) {
                events.add(new Failure(request, failure));
            }
        };
    }

    /** What a client is told where the engine refuses or fails: it may be the client's fault, or that of nobody. */
    private RuntimeException told(RuntimeException cause) {
        if (cause instanceof GrammarException) return ApiError.badRequest("", cause.getMessage());
        if (cause instanceof TooManyBranchesException) return ApiError.badRequest(GenerationSettings.NUM_BEAMS.name(), cause.getMessage());
        return model.engine().isAlive() ? cause
                : ApiError.of(503, "stopping", "The model is stopping, or has failed and is being loaded again; try again in a moment.");
    }

    private Event next() {
        try {
            return events.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        }
    }
}
