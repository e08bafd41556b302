package dev.parley.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A client of {@code /v1/completions} that does no more than a client must, so that it is the server that is measured. */
final class CompletionClient implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    CompletionClient(String server) {
        address = URI.create(server + "/v1/completions");
    }

    /**
     * A streamed answer.
     *
     * @param firstSeconds from the request to the first piece
     * @param seconds from the request to the end
     * @param last the piece with the reason of the end
     * @param done whether the stream ended as it should
     */
    record Streamed(double firstSeconds, double seconds, int pieces, String last, boolean done) {}

    /** A greedy request for so many tokens, whatever they are. */
    static ObjectNode request(int[] prompt, int tokens) {
        var body = JSON.createObjectNode().put("model", BenchServer.MODEL).put("max_tokens", tokens).put("temperature", 0).put("ignore_eos", true);
        var ids = body.putArray("prompt");
        for (var id : prompt) ids.add(id);
        return body;
    }

    /** Reads a stream to its end, or leaves after some pieces. */
    Streamed stream(ObjectNode body, int pieces) throws IOException, InterruptedException {
        var start = System.nanoTime();
        var response = send(body.put("stream", true), HttpResponse.BodyHandlers.ofInputStream());
        var first = 0.0;
        var count = 0;
        var last = "";
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) throw new IOException("status " + response.statusCode() + ": " + lines.readLine());
            for (var line = lines.readLine(); line != null && count < pieces; line = lines.readLine()) {
                if (!line.startsWith(DATA)) continue;
                if (line.equals(DATA + "[DONE]")) return new Streamed(first, BenchRow.seconds(start), count, last, true);
                if (count++ == 0) first = BenchRow.seconds(start);
                last = line.substring(DATA.length());
            }
        }
        return new Streamed(first, BenchRow.seconds(start), count, last, false);
    }

    /** The whole answer at once. */
    JsonNode whole(ObjectNode body) throws IOException, InterruptedException {
        var response = send(body, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("status " + response.statusCode() + ": " + response.body());
        return JSON.readTree(response.body());
    }

    private <T> HttpResponse<T> send(ObjectNode body, HttpResponse.BodyHandler<T> handler) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        return http.send(request.build(), handler);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
