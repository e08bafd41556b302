package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** An answer as server-sent events (WHATWG HTML, section 9.2); its head is sent with the first of them. */
final class EventStream {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.UTF_8);

    private final Context request;
    private boolean begun;

    EventStream(Context request) {
        this.request = request;
    }

    boolean isBegun() {
        return begun;
    }

    /** @throws ClientGone if nobody reads */
    void send(JsonNode data) {
        write("", data);
    }

    /** An event with a name. */
    void send(String event, JsonNode data) {
        write("event: " + event + "\n", data);
    }

    /** The last event of OpenAI's streams. */
    void sendDone() {
        try {
            var out = out();
            out.write(DATA);
            out.write(DONE);
            out.write(END);
            out.flush();
        } catch (IOException e) {
            throw new ClientGone();
        }
    }

    private void write(String head, JsonNode data) {
        try {
            var out = out();
            if (!head.isEmpty()) out.write(head.getBytes(StandardCharsets.UTF_8));
            out.write(DATA);
            out.write(Body.JSON.writeValueAsBytes(data));
            out.write(END);
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
