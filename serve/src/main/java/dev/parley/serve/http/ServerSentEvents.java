package dev.parley.serve.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** An answer as server-sent events (WHATWG HTML, section 9.2); its head is sent with the first of them. */
public final class ServerSentEvents {

    /**
     * Events of one answer that differ only in a text, such as the pieces of a stream: what surrounds the text is written once. A stream
     * has such an event for every token, and its cost is taken from the model, which uses all processors.
     */
    public static final class Template {

        private final String before;
        private final String after;

        private Template(String before, String after) {
            this.before = before;
            this.after = after;
        }

        /** @param event makes the whole event around a text, which is in it once */
        public static Template of(Function<String, JsonNode> event) {
            var mark = UUID.randomUUID().toString(); // in nothing else of the event
            var whole = event(event.apply(mark));
            var at = whole.indexOf(mark);
            return new Template(whole.substring(0, at), whole.substring(at + mark.length()));
        }

        /** The event with a text, in UTF-8. */
        public byte[] with(String text) {
            var event = new StringBuilder(before.length() + text.length() + 16 + after.length()).append(before);
            JsonStringEncoder.getInstance().quoteAsString(text, event);
            return event.append(after).toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private final Context request;
    private boolean begun;

    private ServerSentEvents(Context request) {
        this.request = request;
    }

    /**
     * Answers by events. A fault before the first of them is told as for any answer; after it, the last event is {@code error}.
     *
     * @throws ClientGone if nobody reads
     */
    public static void answer(Context request, Consumer<ServerSentEvents> events) {
        var stream = new ServerSentEvents(request);
        try {
            events.accept(stream);
        } catch (ClientGone e) {
            throw e;
        } catch (RuntimeException e) {
            if (stream.begun) stream.send("error", ErrorForm.of(request).json(e instanceof ApiError refused ? refused
                    : ApiError.fault("The answer could not be finished; see the server's log.")));
            throw e; // for the log: nothing is written to an answer that has begun
        }
    }

    /** An event without a name, as it is written. */
    public static String event(JsonNode data) {
        return "data: " + data + "\n\n";
    }

    /** @throws ClientGone if nobody reads */
    public void send(JsonNode data) {
        write(event(data));
    }

    /**
     * An event with a name.
     *
     * @throws ClientGone if nobody reads
     */
    public void send(String name, JsonNode data) {
        write("event: " + name + "\n" + event(data));
    }

    /**
     * An event with a name and an identifier, by which a client that lost the connection says what it has.
     *
     * @throws ClientGone if nobody reads
     */
    public void send(String id, String name, JsonNode data) {
        write("id: " + id + "\nevent: " + name + "\n" + event(data));
    }

    /**
     * A comment, so that no proxy closes a connection on which nothing comes.
     *
     * @throws ClientGone if nobody reads
     */
    public void sendHeartbeat() {
        write(":\n\n");
    }

    /**
     * An event that differs from others in a text.
     *
     * @throws ClientGone if nobody reads
     */
    public void send(Template template, String text) {
        write(template.with(text));
    }

    /** The last event of OpenAI's streams. */
    public void sendDone() {
        write("data: [DONE]\n\n");
    }

    private void write(String events) {
        write(events.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] events) {
        try {
            var out = out();
            out.write(events);
            out.flush();
        } catch (IOException e) {
            throw new ClientGone();
        }
    }

    private OutputStream out() throws IOException {
        if (!begun) {
            begun = true;
            request.contentType("text/event-stream; charset=utf-8");
            request.header("Cache-Control", "no-cache").header("X-Accel-Buffering", "no");
        }
        return request.res().getOutputStream();
    }
}
