package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Users;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two users of one server: nobody reads or changes what the other has, by any route. */
@Timeout(120)
class OwnershipTest {

    private record Route(String method, String path, String body) {}

    private static ChatClient client(TestServer server, String name) {
        var password = "a long password of " + name;
        new Users(server.database()).add(name, password);
        return ChatClient.of(server.base(), name, password);
    }

    @Test
    void whatAnotherUserHasIsNotThereByAnyRoute() {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true)); var ada = client(server, "ada");
                var bob = client(server, "bob")) {
            var asked = ada.ask("My secret");
            var answer = ada.answer(asked, "{\"temperature\":0,\"max_tokens\":8}");
            ada.await(answer);
            var edit = ada.ok("POST", "/api/messages/" + answer + "/edit", "{\"text\":\"My own words\"}").path("id").asText();
            var preset = ada.ok("POST", "/api/presets", "{\"name\":\"mine\"}").path("id").asText();
            var before = ada.get("/api/export");
            var own = bob.ask("Mine");

            var conversation = "/api/conversations/" + asked.conversation();
            var begin = "\"begin\":{\"message\":\"" + answer + "\",\"tokens\":0,\"token\":1}";
            for (var route : List.of(new Route("GET", conversation, ""), new Route("PATCH", conversation, "{\"title\":\"x\"}"),
                    new Route("DELETE", conversation, ""),
                    new Route("POST", conversation + "/restore", ""), new Route("GET", conversation + "/export", ""),
                    new Route("POST", conversation + "/messages", "{\"text\":\"x\"}"),
                    new Route("POST", conversation + "/messages", "{\"text\":\"x\",\"parent\":\"" + asked.question() + "\"}"),
                    new Route("POST", conversation + "/answers", "{\"parent\":\"" + asked.question() + "\"}"),
                    new Route("POST", conversation + "/answers", "{\"continue\":\"" + answer + "\"}"),
                    new Route("POST", conversation + "/answers", "{" + begin + "}"),
                    new Route("POST", conversation + "/comparisons",
                            "{\"left\":\"" + answer + "\",\"right\":\"" + answer + "\",\"choice\":\"left\"}"),
                    new Route("POST", "/api/conversations/" + own.conversation() + "/messages",
                            "{\"text\":\"x\",\"parent\":\"" + answer + "\"}"),
                    new Route("POST", "/api/conversations/" + own.conversation() + "/answers", "{\"parent\":\"" + asked.question() + "\"}"),
                    new Route("POST", "/api/conversations/" + own.conversation() + "/answers", "{\"continue\":\"" + answer + "\"}"),
                    new Route("POST", "/api/conversations/" + own.conversation() + "/answers", "{" + begin + "}"),
                    new Route("POST", "/api/conversations/" + own.conversation() + "/comparisons",
                            "{\"left\":\"" + answer + "\",\"right\":\"" + answer + "\",\"choice\":\"left\"}"),
                    new Route("PATCH", "/api/conversations/" + own.conversation(), "{\"current\":\"" + answer + "\"}"),
                    new Route("GET", "/api/answers/" + answer + "/events", ""), new Route("POST", "/api/answers/" + answer + "/stop", ""),
                    new Route("GET", "/api/messages/" + answer + "/tokens", ""),
                    new Route("GET", "/api/messages/" + answer + "/explanation?token=1", ""),
                    new Route("GET", "/api/messages/" + answer + "/passages/1", ""),
                    new Route("PUT", "/api/messages/" + answer + "/rating", "{\"rating\":1}"),
                    new Route("POST", "/api/messages/" + answer + "/edit", "{\"text\":\"x\"}"),
                    new Route("DELETE", "/api/messages/" + edit + "/edit", ""),
                    new Route("DELETE", "/api/presets/" + preset, ""))) {
                var refused = bob.send(route.method(), route.path(), route.body());
                assertEquals(404, refused.statusCode(), route + ": " + refused.body());
                assertFalse(refused.body().contains("secret"), refused.body());
            }
            assertEquals(1, bob.get("/api/conversations").path("conversations").size());
            assertEquals(0, bob.get("/api/conversations?query=secret").path("conversations").size());
            assertFalse(bob.get("/api/export").toString().contains("secret"));
            assertEquals(0, bob.get("/api/presets").path("presets").size());
            assertEquals(before, ada.get("/api/export"), "nothing of hers has changed");
            assertEquals(1, ada.get("/api/presets").path("presets").size());
        }
    }
}
