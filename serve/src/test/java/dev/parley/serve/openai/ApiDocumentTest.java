package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code docs/api.md} shows works. */
@Timeout(120)
class ApiDocumentTest {

    private static final Pattern REQUEST = Pattern
            .compile("curl http://localhost:8080(\\S+) -H 'Content-Type: application/json'[\\s\\\\]+-d '([^']*)'");

    @Test
    void theRequestsOfTheDocumentAreAnswered() throws Exception {
        var text = Files.readString(Path.of("..", "docs", "api.md"));
        try (var server = TestServer.start()) {
            var requests = REQUEST.matcher(text);
            var count = 0;
            for (; requests.find(); count++) {
                var body = requests.group(2);
                var answer = server.post(requests.group(1), body.replace("\"tool_choice\"", "\"max_tokens\": 30, \"tool_choice\""));
                var status = body.contains("resp_…") ? 400 : 200; // there is no such response
                assertEquals(status, answer.statusCode(), body + " was answered by " + answer.body());
                assertTrue(answer.headers().firstValue("X-Parley-Warning").isEmpty(), body);
            }
            assertTrue(count >= 9, count + " requests");
        }
    }

    @Test
    void everyRouteOfTheApiIsInIt() throws Exception {
        var text = Files.readString(Path.of("..", "docs", "api.md"));
        try (var server = TestServer.start()) {
            for (var route : server.routes()) {
                var path = route.substring(route.indexOf(' ') + 1).replaceAll("/[<{].*", "");
                if (!path.startsWith("/api/") && !path.startsWith("/assets") && !path.equals("/") && !path.equals("/favicon.ico"))
                    assertTrue(text.contains(path), route);
            }
        }
    }
}
