package dev.parley.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ErrorHandlersTest {

    @Test
    void whereJavaItselfFailsTheClientIsToldInJsonAndTheServerGoesOn() throws Exception {
        var notes = new CopyOnWriteArrayList<String>();
        var faults = new ErrorHandlers(notes::add, path -> ErrorJson::of);
        var server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.router.javaLangErrorHandler(faults::error);
            faults.addTo(config.routes);
            config.routes.get("/memory", request -> {
                throw new OutOfMemoryError("Java heap space");
            });
            config.routes.get("/mistake", request -> List.of().getFirst());
        }).start("127.0.0.1", 0);
        try (var http = HttpClient.newHttpClient()) {
            for (var path : List.of("/memory", "/mistake", "/memory")) {
                var answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertEquals(500, answer.statusCode());
                assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("application/json"),
                        answer.headers().toString());
                assertTrue(answer.body().startsWith("{\"error\":{\"message\":\"Internal server error"), answer.body());
            }
        } finally {
            server.stop();
        }
        assertTrue(notes.stream().anyMatch(note -> note.contains("OutOfMemoryError")), notes.toString());
    }
}
