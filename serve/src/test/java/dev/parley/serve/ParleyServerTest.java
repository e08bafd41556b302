package dev.parley.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ParleyServerTest {

    @Test
    void itLivesAtOnceAndIsReadyOnceTheModelIsLoaded() throws Exception {
        try (var server = TestServer.start()) {
            assertEquals(200, server.get("/health").statusCode());
            while (server.get("/ready").statusCode() == 503) Thread.sleep(20);
            assertEquals(200, server.get("/ready").statusCode());
        }
    }

    @Test
    void whatIsNotThereIsAnErrorInTheShapeOfOpenAis() throws Exception {
        try (var server = TestServer.start()) {
            var answer = server.get("/v1/nothing");
            assertEquals(404, answer.statusCode());
            var error = new ObjectMapper().readTree(answer.body()).path("error");
            assertTrue(error.path("message").asText().contains("/v1/nothing"), answer.body());
            assertEquals("not_found", error.path("code").asText());
        }
    }

    @Test
    void aPortThatIsTakenIsSaidInASentence() {
        try (var server = TestServer.start()) {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> TestServer.start(ServerSettings.DEFAULT.withPort(server.port())));
            assertTrue(refused.getMessage().contains(String.valueOf(server.port())), refused.getMessage());
        }
    }

    @Test
    void aProxyBeforeAServerThatDoesNotAskIsWarnedOf() {
        var standard = ServerSettings.DEFAULT;
        var settings = new ServerSettings("127.0.0.1", 0, false, List.of("chat.example.org"), List.of(), true, standard.largestBody(),
                standard.grace(), Optional.empty(), false);
        try (var server = TestServer.start(settings)) {
            assertTrue(server.notes().stream().anyMatch(n -> n.contains("proxy") && n.contains("--auth")), server.notes()::toString);
        }
    }

    @Test
    void withoutAccountsItListensToThisMachineAlone() {
        var refused = assertThrows(IllegalArgumentException.class, () -> ServerSettings.DEFAULT.withHost("0.0.0.0"));
        assertTrue(refused.getMessage().contains("--auth"), refused.getMessage());
        assertEquals("0.0.0.0", ServerSettings.DEFAULT.withAuth(true).withHost("0.0.0.0").host());
    }

    @Test
    void everyRouteThatIsNotOpenAsksWhoCalls() {
        var open = Set.of("GET /health", "GET /ready", "GET /", "GET /assets/{version}/<name>", "GET /favicon.ico", "GET /api/session",
                "POST /api/login");
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true))) {
            var routes = server.server().routes();
            assertTrue(routes.containsAll(open) && routes.size() > open.size() + 20, routes::toString);
            for (var route : routes) {
                var path = server.base() + route.substring(route.indexOf(' ') + 1).replaceAll("[{<]\\w+[}>]", "x");
                var answer = server.send(HttpRequest.newBuilder(URI.create(path))
                        .method(route.substring(0, route.indexOf(' ')), BodyPublishers.ofString("{}")).build());
                assertEquals(!open.contains(route), answer.statusCode() == 401, route + ": " + answer.statusCode());
            }
        }
    }
}
