package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ServerSentEvents;
import java.time.Duration;

/**
 * Sends the events of one message. The first is {@code message_start}, which is sent once there is something to tell, so that what is
 * refused before is an answer with another status; or after a while without a token, as a long prompt takes, with a {@code ping} now
 * and then from there on, so that nobody takes the connection for dead.
 */
final class SentEvents implements MessageEvents {

    private static final Duration QUIET = Duration.ofSeconds(5);

    private final ServerSentEvents stream;
    private final ObjectNode start;
    private boolean begun;
    private long last = System.nanoTime();

    SentEvents(ServerSentEvents stream, ObjectNode start) {
        this.stream = stream;
        this.start = start;
    }

    @Override
    public void tell(ObjectNode event) {
        if (!begun) {
            begun = true;
            send(start);
            send(MessageJson.event("ping"));
        }
        send(event);
    }

    @Override
    public void onWait() {
        if (System.nanoTime() - last >= QUIET.toNanos()) tell(MessageJson.event("ping"));
    }

    private void send(ObjectNode event) {
        stream.send(event.path("type").textValue(), event);
        last = System.nanoTime();
    }
}
