package dev.parley.serve.openai;

import dev.parley.generate.BatchingEngine;
import dev.parley.generate.BatchingEngine.Answer;
import dev.parley.generate.TextRequest;
import dev.parley.generate.TokenLogprob;
import dev.parley.serve.answer.Refused;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A request at the engine, as the thread of the client sees it: pieces one after the other, then the end. The engine's thread only
 * puts them into a queue, so that no client's slowness is felt by another.
 */
final class TextRun implements BatchingEngine.Listener {

    private static final long LOOK_MILLIS = 250;

    /** What a run tells, on the thread of the client. */
    interface Reader {
        void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text);
    }

    private sealed interface Event {}

    private record Tokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) implements Event {}

    private record End(Answer answer) implements Event {}

    private record Failure(RuntimeException cause) implements Event {}

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private TextRun() {}

    /**
     * Runs a request to its end. Where the client has left, it is cancelled.
     *
     * @throws ClientGone if the client left
     * @throws Refused if the engine cannot take it
     */
    static Answer run(BatchingEngine engine, TextRequest request, ClientPresence client, Reader reader) {
        var run = new TextRun();
        var ticket = engine.submit(request, run);
        try {
            return run.follow(client, reader);
        } catch (RuntimeException e) {
            ticket.cancel();
            throw e;
        }
    }

    private Answer follow(ClientPresence client, Reader reader) {
        while (true) {
            switch (next(client)) {
                case Tokens t -> reader.onTokens(t.row(), t.ids(), t.logprobs(), t.text());
                case End end -> {
                    return end.answer();
                }
                case Failure failure -> throw failure.cause();
            }
        }
    }

    private Event next(ClientPresence client) {
        try {
            while (true) {
                var event = events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (event != null) return event;
                if (!client.isThere()) throw new ClientGone();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.of(503, "stopping", "The server is being stopped.");
        }
    }

    @Override
    public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
        events.add(new Tokens(row, ids, logprobs, text));
    }

    @Override
    public void onEnd(Answer answer) {
        events.add(new End(answer));
    }

    @Override
    public void onFailure(RuntimeException failure) {
        events.add(new Failure(failure));
    }
}
