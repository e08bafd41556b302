package dev.parley.serve.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.core.JsonFactory;
import dev.parley.serve.answer.Refused;
import io.javalin.http.Context;
import java.io.IOException;

/** The JSON of requests and answers. */
public final class Body {

    /** Levels of nesting that a request may have. */
    static final int MOST_DEPTH = 64;

    /** Reads strictly: no key twice, nothing after the end. */
    public static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).maxNumberLength(64).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final String WARNING = "X-Parley-Warning";

    private Body() {}

    /**
     * Reads the body of a request.
     *
     * @throws Refused if it is no JSON, too deep or too long
     */
    public static JsonNode read(Context request) {
        try {
            var body = request.bodyAsBytes();
            if (body.length == 0) throw Refused.badRequest("", "The body is empty; a JSON object is expected.");
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw Refused.badRequest("", "The body is not JSON that can be read: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw Refused.badRequest("", "The body cannot be read: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(String message) {
        var line = String.valueOf(message).lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) + "…" : line;
    }

    /** Answers with JSON. */
    public static void write(Context request, JsonNode body) {
        try {
            request.contentType("application/json").result(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An answer could not be written as JSON.", e);
        }
    }

    /** Says in a header which fields were not understood. */
    public static void warnOfUnknown(Context request, Fields fields) {
        var unknown = fields.unknown();
        if (unknown.isEmpty()) return;
        var shown = unknown.stream().limit(10).map(name -> name.replaceAll("[^\\x21-\\x7e]", "?")).map(name -> name.length() > 40 ? name.substring(0, 40) : name).toList();
        request.header(WARNING, "ignored unknown fields: " + String.join(", ", shown));
    }
}
