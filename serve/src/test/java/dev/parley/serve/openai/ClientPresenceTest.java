package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.EngineStats;
import dev.parley.generate.engine.TextRequest;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.EngineCall;
import dev.parley.serve.http.ClientPresence;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over plain sockets, since clients' libraries hide when they close one and never send ahead. */
@Timeout(120)
class ClientPresenceTest {

    private static final int LONG = 900; // tokens; a look at the client comes long before they are made
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        server.post("/v1/completions", "{\"prompt\": \"a\", \"max_tokens\": 1}"); // so that the model is loaded
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static EngineStats stats() {
        return server.models().all().getFirst().model().orElseThrow().engine().stats();
    }

    private static EngineStats await(Predicate<EngineStats> state) throws InterruptedException {
        while (!state.test(stats())) TimeUnit.MILLISECONDS.sleep(5);
        return stats();
    }

    private static byte[] post(String path, String body, String... headers) {
        var head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
        for (var header : headers) head.append(header).append("\r\n");
        return head.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String chat(String fields) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], " + fields + "}";
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions, false", "/v1/chat/completions, true", "/v1/completions, false", "/v1/completions, true"})
    void theClientThatLeavesFreesItsPlace(String path, boolean stream) throws Exception {
        var before = stats().completionTokens();
        var body = "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"prompt\": \"x\", \"n\": 8, \"stream\": " + stream
                + ", \"max_tokens\": " + LONG
                + ", \"logit_bias\": {\"50256\": -100, \"50258\": -100}}";
        if (path.contains("chat")) body = body.replace("\"prompt\": \"x\", ", "");
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(post(path, body));
            await(s -> s.running() == 8);
            if (stream) assertEquals("HTTP/1.1 200 OK", new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII));
        }
        var after = await(s -> s.running() == 0 && s.waiting() == 0);
        assertTrue(after.completionTokens() - before < 8 * LONG / 2, (after.completionTokens() - before) + " tokens were made for nobody");
    }

    /** Of which the listener is told at their end alone. */
    @Test
    void beamsThatTheirClientLeftArePaid() throws Exception {
        var settled = new CompletableFuture<Long>();
        var caller = new Caller("one", "One", (reserved, used) -> settled.complete(used));
        var beams = GenerationConfig.builder().numBeams(4).maxNewTokens(LONG).ignoreEos(true).build();
        var requests = List.of(TextRequest.of(new int[] {1, 2, 3}, beams));
        var model = server.models().all().getFirst().model().orElseThrow();
        var before = stats().completionTokens();
        var paid = Javalin.create(config -> config.routes.post("/", request -> {
            request.body();
            EngineCall.run(model, requests, caller, ClientPresence.of(request), (number, row, ids, logprobs, text) -> {});
        })).start("127.0.0.1", 0);
        try {
            try (var socket = new Socket("127.0.0.1", paid.port())) {
                socket.getOutputStream().write(post("/", "{}"));
                await(s -> s.completionTokens() >= before + 20);
            }
            var used = settled.get(60, TimeUnit.SECONDS);
            assertTrue(used >= 3 + 20 && used < 3 + LONG, used + " tokens");
        } finally {
            paid.stop();
        }
    }

    @Test
    void aRequestThatStillWaitsIsGoneWithItsClient() throws Exception {
        var first = chat("\"n\": 16, \"max_tokens\": " + LONG + ", \"logit_bias\": {\"50256\": -100, \"50258\": -100}");
        try (var busy = new Socket("127.0.0.1", server.port())) {
            busy.getOutputStream().write(post("/v1/chat/completions", first));
            await(s -> s.running() == 16);
            try (var socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream().write(post("/v1/chat/completions", chat("\"max_tokens\": 5")));
                await(s -> s.waiting() == 1);
            }
            await(s -> s.waiting() == 0);
            assertEquals(16, stats().running(), "the one that left was not answered first");
        }
        await(s -> s.running() == 0);
    }

    /** Answers on one connection, in their order, until the server closes it. */
    private static String answers(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void assertInOrder(String answers, String... texts) {
        var at = 0;
        for (var text : texts) {
            var found = answers.indexOf("\"content\":\"" + text + "\"", at);
            assertTrue(found >= 0, "no " + text + " in " + answers);
            at = found;
        }
        assertEquals(texts.length, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
    }

    private static String slow() {
        return chat("\"max_tokens\": 1000, \"n\": 4, \"temperature\": 0, \"regex\": \"first[ab]{700}\""); // some looks long
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3_000, 40_000}) // characters: the next request is short, or longer than what the server reads at once
    void whatIsSentAheadIsAnsweredNext(int length) throws Exception {
        var second = post("/v1/chat/completions", chat("\"choice\": [\"second\"], \"user\": \"" + "u".repeat(length) + "\""));
        var third = post("/v1/chat/completions", chat("\"choice\": [\"third\"]"), "Connection: close");
        for (var together : new boolean[] {true, false}) {
            try (var socket = new Socket("127.0.0.1", server.port())) {
                var out = socket.getOutputStream();
                out.write(post("/v1/chat/completions", slow()));
                if (!together) await(s -> s.running() == 4); // the server looks at the connection when this comes
                if (!together) TimeUnit.MILLISECONDS.sleep(300);
                out.write(second);
                out.write(third);
                var answers = answers(socket);
                assertInOrder(answers.replaceAll("first[ab]{700}", "first").replaceFirst("(?s)(\"content\":\"first\".*?){3}", ""), "first",
                        "second", "third");
            }
        }
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws Exception {
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(post("/v1/chat/completions", slow()));
            var in = socket.getInputStream();
            var seen = new StringBuilder();
            while (!seen.toString().contains("total_tokens")) seen.append((char) in.read());
            await(s -> s.running() == 0);
            socket.getOutputStream().write(post("/v1/chat/completions", chat("\"choice\": [\"second\"]"), "Connection: close"));
            assertInOrder(answers(socket), "second");
        }
    }
}
