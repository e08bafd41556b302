package dev.parley.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** An answer as server-sent events (WHATWG HTML, section 9.2); its head is sent with the first of them. */
public final class ServerSentEvents {

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
            if (stream.begun) stream.send("error", e instanceof ApiError refused ? ErrorJson.of(refused) : ErrorJson.ofFault("The answer cannot go on; the server's log tells more."));
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

    /** An event with a name. @throws ClientGone if nobody reads */
    public void send(String name, JsonNode data) {
        write("event: " + name + "\n" + event(data));
    }

    /** An event that differs from others in a text. @throws ClientGone if nobody reads */
    public void send(EventTemplate template, String text) {
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
