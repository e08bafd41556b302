package dev.parley.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of a response as they come. Unlike Java's own stream of a body it does not wait for ever: a server that falls
 * silent in the middle is noticed. Only one piece is asked for ahead, so that a fast server does not fill the memory.
 */
final class ResponseBody implements HttpResponse.BodySubscriber<ResponseBody>, AutoCloseable {

    private sealed interface Event {
        record Bytes(List<ByteBuffer> buffers) implements Event {}

        record Failed(Throwable cause) implements Event {}

        record Ended() implements Event {}
    }

    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> ready = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private boolean ended;

    ResponseBody(Duration patience) {
        this.patience = patience;
    }

    /**
     * The next bytes; an empty buffer at the end.
     *
     * @throws IOException if the connection broke before the end, or was silent for longer than our patience
     */
    ByteBuffer next() throws IOException, InterruptedException {
        while (ready.isEmpty()) {
            if (ended) return ByteBuffer.allocate(0);
            var event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            switch (event) {
                case null -> throw new HttpTimeoutException("silent for " + patience.toSeconds() + " s");
                case Event.Ended _ -> ended = true;
                case Event.Failed(var cause) -> throw new IOException(cause.getMessage(), cause);
                case Event.Bytes(var buffers) -> {
                    for (var buffer : buffers) {
                        if (buffer.hasRemaining()) ready.add(buffer);
                    }
                    subscription.join().request(1);
                }
            }
        }
        return ready.remove();
    }

    /** Ends the response, whether all of it has come or not. */
    @Override
    public void close() {
        subscription.thenAccept(Flow.Subscription::cancel);
    }

    @Override
    public CompletionStage<ResponseBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.complete(given);
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event.Bytes(buffers));
    }

    @Override
    public void onError(Throwable problem) {
        events.add(new Event.Failed(problem));
    }

    @Override
    public void onComplete() {
        events.add(new Event.Ended());
    }
}
