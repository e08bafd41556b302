package dev.parley.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A client of {@code /v1/completions} that does no more than a client must, so that it is the server that is measured: it takes
 * streams from a plain socket, since Java's HTTP client has two more threads wake up for each piece.
 */
final class CompletionClient implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final URI address;
    private final String authorization; // a header's line, or nothing
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    CompletionClient(String server) {
        this(server, Optional.empty());
    }

    /** @param key where the server asks for one */
    CompletionClient(String server, Optional<String> key) {
        address = URI.create(server + "/v1/completions");
        authorization = key.map(CompletionClient::authorization).orElse("");
    }

    /** The line of a request's head that says who calls. */
    static String authorization(String key) {
        return "Authorization: Bearer " + key + "\r\n";
    }

    /**
     * A streamed answer.
     *
     * @param firstSeconds from the request to the first piece
     * @param seconds from the request to the end
     * @param longestGap seconds without an event, the wait for the first included
     * @param last the piece with the reason of the end
     * @param done whether the stream ended as it should
     */
    record Streamed(double firstSeconds, double seconds, double longestGap, int pieces, String last, boolean done) {}

    /** A greedy request for so many tokens, whatever they are. */
    static ObjectNode request(int[] prompt, int tokens) {
        var body = JSON.createObjectNode().put("model", BenchServer.MODEL).put("max_tokens", tokens).put("temperature", 0).put("ignore_eos",
                true);
        var ids = body.putArray("prompt");
        for (var id : prompt) ids.add(id);
        return body;
    }

    /** Reads a stream to its end, or leaves after some pieces. */
    Streamed stream(ObjectNode body, int pieces) throws IOException {
        var json = JSON.writeValueAsBytes(body.put("stream", true));
        var start = System.nanoTime();
        try (var socket = new Socket(address.getHost(), address.getPort());
                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            var out = new BufferedOutputStream(socket.getOutputStream());
            out.write(("POST " + address.getPath() + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n" + authorization
                    + "Content-Type: application/json\r\nContent-Length: "
                    + json.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(json);
            out.flush();
            var status = String.valueOf(lines.readLine());
            if (!status.equals("HTTP/1.1 200 OK")) throw new IOException("the server answers " + status);
            return read(lines, start, pieces);
        }
    }

    /** Lines between the events, such as the sizes of chunks, are passed over: the server sends each event as a chunk. */
    private static Streamed read(BufferedReader lines, long start, int pieces) throws IOException {
        var first = 0.0;
        var gap = 0.0;
        var before = start;
        var count = 0;
        var last = "";
        for (var line = lines.readLine(); line != null && count < pieces; line = lines.readLine()) {
            if (!line.startsWith(DATA)) continue;
            gap = Math.max(gap, BenchRow.seconds(before));
            before = System.nanoTime();
            if (line.equals(DATA + "[DONE]")) return new Streamed(first, BenchRow.seconds(start), gap, count, last, true);
            if (count++ == 0) first = BenchRow.seconds(start);
            last = line.substring(DATA.length());
        }
        return new Streamed(first, BenchRow.seconds(start), gap, count, last, false);
    }

    /** The whole answer at once. */
    JsonNode whole(ObjectNode body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("status " + response.statusCode() + ": " + response.body());
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
