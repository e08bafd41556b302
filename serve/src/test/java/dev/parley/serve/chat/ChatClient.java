package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Talks to the chat's routes as the page does.
 *
 * <pre>{@code
 * var id = client.ok("POST", "/api/conversations", "{}").path("id").asText();
 * }</pre>
 */
public final class ChatClient implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final Map<String, String> headers;
    private final HttpClient client = HttpClient.newHttpClient();

    /** @param headers sent with each request */
    ChatClient(String base, Map<String, String> headers) {
        this.base = base;
        this.headers = headers;
    }

    /** One that may change things, as the page of this server may. */
    public static ChatClient of(String base) {
        try (var asks = new ChatClient(base, Map.of())) {
            return new ChatClient(base, session(asks.send("GET", "/api/session", "")));
        }
    }

    /** One that has logged in. */
    static ChatClient of(String base, String name, String password) {
        try (var asks = of(base)) {
            var body = JSON.createObjectNode().put("name", name).put("password", password);
            return new ChatClient(base, session(asks.send("POST", "/api/login", body.toString())));
        }
    }

    private static Map<String, String> session(HttpResponse<String> answer) {
        var cookie = answer.headers().firstValue("Set-Cookie").orElseThrow(() -> new AssertionError(answer.body()));
        return Map.of("X-Parley-CSRF", json(answer).path("csrf").asText(), "Cookie", cookie.substring(0, cookie.indexOf(';')));
    }

    /** An event of an answer. */
    record Event(String id, String name, JsonNode data) {}

    /** What an answer holds. */
    public static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(base + path));
        headers.forEach(request::header);
        return request;
    }

    public HttpResponse<String> send(String method, String path, String body) {
        try {
            var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
            return sent(request(path).header("Content-Type", "application/json").method(method, publisher).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sent once more where the connection was closed meanwhile, as after a body that was refused: the JDK's client repeats GET alone. */
    private HttpResponse<String> sent(HttpRequest request) throws IOException, InterruptedException {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("received no bytes")) throw e;
            return client.send(request, BodyHandlers.ofString());
        }
    }

    /** Sends a file as it is. */
    HttpResponse<String> sendFile(String path, byte[] file) {
        try {
            return client.send(request(path).header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(file)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Attaches a file, which succeeds. */
    public JsonNode upload(String path, byte[] file) {
        var answer = sendFile(path, file);
        if (answer.statusCode() != 201) throw new AssertionError(path + " was answered by " + answer.statusCode() + ": " + answer.body());
        return json(answer);
    }

    /** What a request that succeeds is answered with; missing for an empty answer. */
    public JsonNode ok(String method, String path, String body) {
        var answer = send(method, path, body);
        if (answer.statusCode() / 100 != 2)
            throw new AssertionError(method + " " + path + " was answered by " + answer.statusCode() + ": " + answer.body());
        return json(answer);
    }

    JsonNode get(String path) {
        return ok("GET", path, "");
    }

    /** A conversation with one question. */
    public record Asked(String conversation, String question) {}

    public Asked ask(String text) {
        var conversation = ok("POST", "/api/conversations", "{}").path("id").asText();
        return new Asked(conversation, say(conversation, null, text));
    }

    /** @param parent may be null @return the new message's id */
    String say(String conversation, String parent, String text) {
        var body = JSON.createObjectNode().put("parent", parent).put("text", text);
        return ok("POST", "/api/conversations/" + conversation + "/messages", body.toString()).path("id").asText();
    }

    /** Begins an answer with settings in JSON. @return its id */
    public String answer(Asked asked, String settings) {
        return ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"parent\":\"" + asked.question() + "\",\"settings\":" + settings + "}").path("id").asText();
    }

    /** All events of an answer after one that is known; of all, where that is empty. */
    List<Event> events(String answer, String last) {
        return events(answer, last, event -> false);
    }

    /** Events of an answer up to one that is wanted, at which the connection is given up. */
    List<Event> events(String answer, String last, Predicate<Event> until) {
        var request = request("/api/answers/" + answer + "/events");
        if (!last.isEmpty()) request.header("Last-Event-ID", last);
        return events(request, until);
    }

    /** All events of any route. */
    List<Event> events(String path) {
        return events(request(path), event -> false);
    }

    private List<Event> events(HttpRequest.Builder request, Predicate<Event> until) {
        try {
            var response = client.send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() == 204) return List.of();
            if (response.statusCode() != 200) throw new AssertionError("events were answered by " + response.statusCode() + ": "
                    + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                return read(reader, until);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Event> read(BufferedReader reader, Predicate<Event> until) throws IOException {
        var events = new ArrayList<Event>();
        var id = "";
        var name = "";
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("id: ")) id = line.substring(4);
            if (line.startsWith("event: ")) name = line.substring(7);
            if (!line.startsWith("data: ")) continue;
            events.add(new Event(id, name, JSON.readTree(line.substring(6))));
            if (until.test(events.getLast())) return events;
        }
        return events;
    }

    /** Reads an answer to its end. */
    public JsonNode await(String answer) {
        return events(answer, "").getLast().data().path("message");
    }

    static String text(List<Event> events) {
        var text = new StringBuilder();
        for (var event : events) text.append(event.data().path("text").asText(""));
        return text.toString();
    }

    static List<JsonNode> tokens(List<Event> events) {
        var tokens = new ArrayList<JsonNode>();
        for (var event : events) event.data().path("tokens").forEach(tokens::add);
        return tokens;
    }

    @Override
    public void close() {
        client.close();
    }
}
