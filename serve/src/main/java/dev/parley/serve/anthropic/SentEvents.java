package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ServerSentEvents;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sends the events of one message. The first is {@code message_start}, which is sent once there is something to tell, so that what is
 * refused before is an answer with another status; or after a while without a token, as a long prompt takes, with a {@code ping} now
 * and then from there on, so that nobody takes the connection for dead.
 */
final class SentEvents implements MessageEvents {

    private static final Duration QUIET = Duration.ofSeconds(5);

    private final Consumer<ObjectNode> send;
    private final ObjectNode start;
    private final LongSupplier nanos;
    private boolean begun;
    private long last;

    /**
     * @param send writes an event at once
     * @param start the first of them
     * @param nanos the time
     */
    SentEvents(Consumer<ObjectNode> send, ObjectNode start, LongSupplier nanos) {
        this.send = send;
        this.start = start;
        this.nanos = nanos;
        last = nanos.getAsLong();
    }

    /** Into a stream, each under the name of its type. */
    static SentEvents to(ServerSentEvents stream, ObjectNode start) {
        return new SentEvents(event -> stream.send(event.path("type").textValue(), event), start, System::nanoTime);
    }

    @Override
    public void tell(ObjectNode event) {
        if (!begun) {
            begun = true;
            send.accept(start);
        }
        send.accept(event);
        last = nanos.getAsLong();
    }

    @Override
    public void onWait() {
        if (nanos.getAsLong() - last >= QUIET.toNanos()) tell(MessageJson.event("ping"));
    }
}
