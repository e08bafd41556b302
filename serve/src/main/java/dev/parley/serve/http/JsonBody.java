package dev.parley.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** The JSON of requests and answers. */
public final class JsonBody {

    /** Levels of nesting that a request may have. */
    static final int MOST_DEPTH = 64;

    /** Reads strictly: no key twice, nothing after the end. */
    public static final ObjectMapper JSON = JsonMapper
            .builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).maxNumberLength(64).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final String WARNING = "X-Parley-Warning";

    private JsonBody() {}

    /**
     * Reads the body of a request as it comes. Its texts are well-formed.
     *
     * @throws ApiError if it is no JSON, too deep or too long, or there is no memory for it
     */
    public static JsonNode read(Context request) {
        var share = RequestMemory.of(request);
        try {
            var in = request.req().getInputStream();
            LongConsumer memory = bytes -> share.ifPresent(s -> s.take(bytes));
            try (var parser = new BodyParser(JSON.createParser(BodyParser.told(in, memory)), memory)) {
                if (parser.nextToken() == null) throw ApiError.badRequest("", "The body is empty; a JSON object is expected.");
                return JSON.readValue(parser, JsonNode.class);
            } catch (JsonProcessingException | ApiError e) {
                drop(in);
                throw e;
            }
        } catch (JsonProcessingException e) {
            throw ApiError.badRequest("", "The body is not valid JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw ApiError.badRequest("", "The body cannot be read: " + firstLine(e.getMessage()));
        }
    }

    /**
     * Reads what is left: a client that is sending does not listen yet.
     * @throws ApiError if the body is too large or too slow, which is told first
     */
    private static void drop(InputStream rest) {
        try {
            rest.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the client is told of what was found before
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
            throw new IllegalStateException("A response could not be written as JSON.", e);
        }
    }

    /** Says in a header which fields were not understood. */
    public static void warnOfUnknown(Context request, JsonFields fields) {
        var unknown = fields.unknown();
        if (unknown.isEmpty()) return;
        var shown = unknown.stream().limit(10).map(name -> name.replaceAll("[^\\x21-\\x7e]", "?"))
                .map(name -> name.length() > 40 ? name.substring(0, 40) : name).toList();
        request.header(WARNING, "ignored unknown fields: " + String.join(", ", shown));
    }
}
