package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.files.ChildProcess;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.history.ServerLease;
import dev.parley.serve.store.Databases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server in a process of its own, which is killed as nothing kills it in peace. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class KilledServerTest {

    private static final String READY = "listens at ";

    @TempDir
    private Path folder;

    /** The process that is killed. */
    static final class Victim {

        private Victim() {}

        public static void main(String... arguments) throws InterruptedException {
            try (var server = server(arguments[0])) {
                System.out.println(READY + server.base());
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }

    private static TestServer server(String place) {
        var settings = ServerSettings.DEFAULT.withPort(0);
        return place.startsWith("postgresql:") ? TestServer.start(settings, place) : TestServer.start(settings, Path.of(place));
    }

    private static ChildProcess start(String place) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-javaagent") && !a.startsWith("-agentlib")).forEach(command::add);
        command.addAll(List.of(TestServer.modelsOption(), "-cp", System.getProperty("java.class.path"), Victim.class.getName(), place));
        return ChildProcess.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    private static String base(ChildProcess process) throws IOException {
        var out = new BufferedReader(new InputStreamReader(process.process().getInputStream(), StandardCharsets.UTF_8));
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(READY)) return line.substring(READY.length());
        }
        throw new IllegalStateException("The server did not start.");
    }

    private static List<JsonNode> messages(ChatClient client, String conversation) {
        return StreamSupport.stream(client.get("/api/conversations/" + conversation).path("messages").spliterator(), false).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aKilledServerLosesNoFinishedMessageAndKeepsTheHalfWrittenOne(Databases kind) throws Exception {
        var place = kind == Databases.POSTGRESQL ? Databases.url(folder) : folder.toString();
        List<JsonNode> finished;
        ChatClient.Asked asked;
        String half;
        try (var process = start(place); var client = ChatClient.of(base(process))) {
            asked = client.ask("Hello");
            client.await(client.answer(asked, "{\"temperature\":0,\"max_tokens\":20}"));
            finished = messages(client, asked.conversation());
            half = client.answer(asked, "{\"temperature\":1,\"seed\":5,\"max_tokens\":1000,\"ignore_eos\":true}");
            while (messages(client, asked.conversation()).getLast().path("text").asText().isEmpty()) Thread.sleep(10);
        } // SIGKILL

        try (var server = server(place); var client = ChatClient.of(server.base())) {
            var found = messages(client, asked.conversation());
            assertEquals(finished, found.subList(0, finished.size()));
            var left = found.getLast();
            assertEquals(half, left.path("id").asText());
            // Of a file it is known at once that its server is dead, elsewhere once that has said nothing for a time, which passes here.
            if (kind == Databases.POSTGRESQL)
                server.database().run(t -> t.update("update servers set expires = expires - ?", ServerLease.LASTS.toMillis()));
            while (kind == Databases.POSTGRESQL && left.path("status").asText().equals("running")) {
                Thread.sleep(100);
                left = messages(client, asked.conversation()).getLast();
            }
            assertEquals("interrupted", left.path("status").asText());
            assertFalse(left.path("text").asText().isEmpty());
            var events = client.events(half, "");
            assertEquals(left.path("text").asText(), ChatClient.text(events));
            assertTrue(ChatClient.tokens(events).size() > 0);
            assertTrue(server.notes().stream().anyMatch(n -> n.contains("interrupted")), server.notes().toString());

            client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                    "{\"continue\":\"" + half + "\",\"settings\":{\"temperature\":0,\"max_tokens\":5,\"ignore_eos\":true}}");
            var whole = client.await(half);
            assertEquals("done", whole.path("status").asText());
            assertEquals(ChatClient.tokens(events).size() + 5, client.get("/api/messages/" + half + "/tokens").path("tokens").size());
            assertEquals(5, whole.path("usage").path("completion_tokens").asInt(), "the time of the others is not known");
            assertTrue(whole.path("text").asText().startsWith(left.path("text").asText()), whole.path("text").asText());
        }
    }
}
