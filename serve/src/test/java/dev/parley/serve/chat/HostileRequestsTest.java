package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that mean no good, or are not right in the head. */
@Timeout(180)
class HostileRequestsTest {

    private static final List<String> BODIES = List.of("", "{", "null", "[]", "7", "\"x\"", "{\"a\":1}{\"b\":2}",
            "{\"text\":\"a\",\"text\":\"b\"}", "[".repeat(10_000), "{\"a\":".repeat(5_000),
            "{\"text\":7,\"role\":[],\"parent\":{},\"title\":7,\"pinned\":\"x\",\"settings\":7,\"name\":{}"
                    + ",\"rating\":\"x\",\"left\":1,\"format\":1,\"continue\":3,\"begin\":4}",
            "{\"rating\":1e400,\"begin\":{\"message\":\"x\",\"tokens\":-1,\"token\":1e99}}",
            "{\"rating\":99999999999999999999,\"text\":null,\"parent\":null,\"settings\":null}",
            "{\"text\":\"\\u0000\\ud800\",\"parent\":\"\\u0000\\ud800\",\"title\":\"\\u0000\\ud800\",\"current\":\"\\ud800\",\"settings\":"
                    + "{\"\\u0000\":\"\\ud800\"}}",
            "{\"parent\":\"x\",\"model\":\"" + "m".repeat(10_000) + "\",\"system\":\"x\",\"settings\":{\"temperature\":{}}}",
            "{\"title\":\"" + "t".repeat(100_000) + "\",\"name\":\"" + "n".repeat(100_000) + "\"}");

    @Test
    void oddBodiesAndPathsAreRefusedOrTakenAndNeverAFaultOfOurs() {
        try (var server = TestServer.start(); var client = ChatClient.of(server.base())) {
            var asked = client.ask("Hello");
            var answer = client.answer(asked, "{\"temperature\":0,\"max_tokens\":4}");
            client.await(answer);
            for (var id : List.of(asked.conversation(), answer, "%00", "%27%22", "%F0%9F%8C%B1", "x".repeat(2_000), "..%2F..",
                    "%EF%BF%BF")) {
                for (var body : BODIES) {
                    for (var path : List.of("/api/conversations", "/api/presets", "/api/import", "/api/conversations/" + id + "/messages",
                            "/api/conversations/" + id + "/answers",
                            "/api/conversations/" + id + "/comparisons"))
                        check(client, "POST", path, body);
                    check(client, "PATCH", "/api/conversations/" + id, body);
                    check(client, "PUT", "/api/messages/" + id + "/rating", body);
                }
                for (var path : List.of("/api/conversations/" + id, "/api/conversations/" + id + "/export",
                        "/api/answers/" + id + "/events?last=x", "/api/messages/" + id + "/tokens",
                        "/api/messages/" + id + "/explanation?token=-1", "/api/messages/" + id + "/explanation?token=999999999",
                        "/api/messages/" + id + "/explanation?token=0&contrast=999999999",
                        "/api/messages/" + id + "/explanation?contrast=1", "/api/messages/" + id + "/explanation?analyses=x,,",
                        "/api/conversations?query=" + id + "&before=" + id + "&limit=" + id))
                    check(client, "GET", path, "");
                check(client, "DELETE", "/api/presets/" + id, "");
                check(client, "POST", "/api/answers/" + id + "/stop", "");
            }
            assertEquals("done", client.await(client.answer(asked, "{\"temperature\":0,\"max_tokens\":4}")).path("status").asText(),
                    "the next is served");
            assertTrue(server.notes().stream().noneMatch(n -> n.contains("failed:")), server.notes().toString());
        }
    }

    private static void check(ChatClient client, String method, String path, String body) {
        var answered = client.send(method, path, body);
        assertTrue(answered.statusCode() < 500, () -> method + " " + path + " " + body.substring(0, Math.min(200, body.length()))
                + " was answered by " + answered.statusCode() + ": " + answered.body());
        if (answered.statusCode() >= 400)
            assertTrue(ChatClient.json(answered).path("error").path("message").asText().length() > 5, answered.body());
    }
}
