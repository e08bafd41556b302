package dev.parley.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** An answer as lines of JSON ({@code application/x-ndjson}), each sent when it is there. */
public final class JsonLines {

    private final PiecewiseBody body;

    private JsonLines(PiecewiseBody body) {
        this.body = body;
    }

    /**
     * Answers by lines. A fault before the first of them is told as for any answer; after it, the last line is the error.
     *
     * @throws ClientGone if nobody reads
     */
    public static void answer(Context request, Consumer<JsonLines> lines) {
        var stream = new JsonLines(new PiecewiseBody(request, "application/x-ndjson"));
        stream.body.answer(() -> lines.accept(stream), stream::send);
    }

    /** @throws ClientGone if nobody reads */
    public void send(JsonNode line) {
        body.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
