package dev.parley.serve.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
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

    private final PiecewiseBody body;

    private ServerSentEvents(PiecewiseBody body) {
        this.body = body;
    }

    /**
     * Answers by events. A fault before the first of them is told as for any answer; after it, the last event is {@code error}.
     *
     * @throws ClientGone if nobody reads
     */
    public static void answer(Context request, Consumer<ServerSentEvents> events) {
        var stream = new ServerSentEvents(new PiecewiseBody(request, "text/event-stream; charset=utf-8"));
        stream.body.answer(() -> events.accept(stream), error -> stream.send("error", error));
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
        body.write(template.with(text));
    }

    /** The last event of OpenAI's streams. */
    public void sendDone() {
        write("data: [DONE]\n\n");
    }

    private void write(String events) {
        body.write(events.getBytes(StandardCharsets.UTF_8));
    }
}
