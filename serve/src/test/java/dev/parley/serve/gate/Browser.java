package dev.parley.serve.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/** A browser as far as a server sees it: it keeps the cookie, and its page keeps the token. */
final class Browser {

    private final TestServer server;
    private String cookie = "";
    private String token = "";

    Browser(TestServer server) {
        this.server = server;
    }

    /** The page is loaded. */
    JsonNode load() {
        var session = json(get("/api/session"));
        token = session.path("csrf").asText();
        return session;
    }

    HttpResponse<String> login(String name, String password) {
        load();
        var answer = post("/api/login", "{\"name\": \"" + name + "\", \"password\": \"" + password + "\"}");
        if (answer.statusCode() == 200) token = json(answer).path("csrf").asText();
        return answer;
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path).header(BrowserCookie.HEADER, token).POST(BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + path));
        if (!cookie.isEmpty()) request.header("Cookie", cookie);
        return request;
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        var answer = server.send(request.build());
        answer.headers().firstValue("Set-Cookie").ifPresent(c -> cookie = c.substring(0, c.indexOf(';')));
        return answer;
    }

    String cookie() {
        return cookie;
    }

    void cookie(String other) {
        cookie = other;
    }

    String token() {
        return token;
    }

    void token(String other) {
        token = other;
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }
}
