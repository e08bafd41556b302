package dev.parley.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.work.ComputePool;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that want much of the machine: they are served or refused, and others are served meanwhile. */
@Timeout(120)
class LongWorkTest {

    private static final TestServer server = TestServer.shared();

    @AfterEach
    void nothingFailed() {
        assertEquals(200, server.get("/health").statusCode());
        assertTrue(server.notes().stream().noneMatch(n -> n.contains("failed")), server.notes().toString());
    }

    @Test
    void healthAndStreamsGoOnWhileAllThreadsThatComputeAreTaken() throws Exception {
        var until = new CountDownLatch(1);
        var threads = Math.max(4, Runtime.getRuntime().availableProcessors());
        var begun = new CountDownLatch(threads);
        try (var others = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                var owner = "other-" + i;
                others.submit(() -> ComputePool.shared().run(owner, () -> {}, () -> {
                    begun.countDown();
                    // computes, and lets nobody else run
                    while (until.getCount() > 0 && !Thread.currentThread().isInterrupted()) Thread.onSpinWait();
                    return 1;
                }));
            }
            begun.await();
            for (int i = 0; i < 20; i++) assertEquals(200, server.get("/health").statusCode());
            assertEquals(200, server.get("/v1/models").statusCode());
            until.countDown();
        } finally {
            until.countDown();
        }
        assertEquals(200, server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}").statusCode());
    }

    @Test
    void aChatOfFourThousandTurnsIsReadAndRefusedForItsLength() {
        var turns = new StringBuilder();
        for (int i = 0; i < 4_000; i++) turns.append(i == 0 ? "" : ",").append("{\"role\":\"").append(i % 2 == 0 ? "user" : "assistant")
                .append("\",\"content\":\"").append("honest words ".repeat(80)).append("\"}");
        var answer = server.post("/v1/chat/completions", "{\"messages\":[" + turns + "]}");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("context_length_exceeded"), answer.body());
    }

    @Test
    void charactersAreCountedAsWhatTheyStandFor() {
        var eighteen = "\uFDFA";
        var refused = server.post("/v1/moderations", "{\"input\":\"" + eighteen.repeat(500_000) + "\"}");
        assertEquals(400, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("stands for more than 500000 characters"), refused.body());
        assertEquals(200, server.post("/v1/moderations", "{\"input\":\"" + eighteen.repeat(500_000 / 18) + "\"}").statusCode());
        assertEquals(200, server.post("/v1/moderations", "{\"input\":\"" + "x ".repeat(250_000) + "\"}").statusCode());
    }

    @Test
    void textsThatDoNotEndTakeTheirMemoryAsTheyCome() throws Exception {
        var held = new ArrayList<RawClient>();
        try {
            var text = "x".repeat(15_700_000);
            for (int i = 0; i < 14; i++) {
                held.add(new RawClient(server.port()));
                held.getLast()
                        .send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n\r\n{\"prompt\":\"" + text);
            }
            var whole = "{\"prompt\":\"" + text + "\",}"; // which has room alone, and is refused for its last comma then
            while (server.post("/v1/completions", whole).statusCode() != 503) Thread.sleep(50);
            assertEquals(200, server.post("/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":1}").statusCode(), "a small one has room");
        } finally {
            for (var client : held) client.close();
        }
        while (server.post("/v1/completions", "{\"prompt\":\"" + "x".repeat(15_700_000) + "\",}").statusCode() != 400) Thread.sleep(50);
    }

    @Test
    void bodiesOfManySmallValuesAreRefusedAndWhatTheyTookIsGivenBack() {
        assertEquals(413, server.post("/v1/completions", "[" + "{},".repeat((16 << 20) / 3 - 10) + "{}]").statusCode(),
                "five million objects");
        var many = "[" + "{},".repeat(200_000) + "{}]";
        for (int i = 0; i < 40; i++)
            assertEquals(400, server.post("/v1/completions", many).statusCode(), "the " + i + "th of a size of which twenty have room");
    }

    @Test
    void textsAreWellFormedOnEveryRouteThatTakesThem() {
        for (var half : new String[] {"\\ud83c", "\\udf31", "a\\ud83cb", "\\udf31\\ud83c"}) {
            var answer = server.post("/v1/completions", "{\"prompt\":\"" + half + "\",\"echo\":true,\"max_tokens\":1}");
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("\uFFFD"), answer.body());
            assertFalse(answer.body().contains("?"), "what cannot be written as UTF-8: " + answer.body());
            var tokens = server.post("/tokenize", "{\"content\":\"" + half + "\"}").body();
            assertEquals(tokens,
                    server.post("/tokenize", "{\"content\":\"" + half.replaceAll("\\\\u[0-9a-f]{4}", "\uFFFD") + "\"}").body());
        }
        var whole = server.post("/v1/completions", "{\"prompt\":\"\\ud83c\\udf31\",\"echo\":true,\"max_tokens\":0}");
        assertTrue(whole.body().contains("\\uD83C\\uDF31"), whole.body());
        assertEquals(400, server.post("/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":1,\"x\\ud83c\":1}").statusCode(),
                "names are read more strictly still");
    }
}
