package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.answer.ErrorJson;
import dev.parley.serve.answer.Refused;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** An answer as server-sent events (WHATWG HTML, section 9.2); its head is sent with the first of them. */
final class EventStream {

    private static final String DONE = "[DONE]";

    private final Context request;
    private boolean begun;

    private EventStream(Context request) {
        this.request = request;
    }

    /**
     * Answers by events. A fault before the first of them is told as for any answer; after it, the last event is {@code error}.
     *
     * @throws ClientGone if nobody reads
     */
    static void answer(Context request, Consumer<EventStream> events) {
        var stream = new EventStream(request);
        try {
            events.accept(stream);
        } catch (ClientGone e) {
            throw e;
        } catch (RuntimeException e) {
            if (stream.begun) stream.send("error", e instanceof Refused refused ? ErrorJson.of(refused) : ErrorJson.ofFault("The answer cannot go on; the server's log tells more."));
            throw e; // for the log: nothing is written to an answer that has begun
        }
    }

    /** @throws ClientGone if nobody reads */
    void send(JsonNode data) {
        write("", data.toString());
    }

    /** An event with a name. @throws ClientGone if nobody reads */
    void send(String event, JsonNode data) {
        write("event: " + event + "\n", data.toString());
    }

    /** The last event of OpenAI's streams. */
    void sendDone() {
        write("", DONE);
    }

    private void write(String head, String data) {
        try {
            var out = out();
            out.write((head + "data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
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
