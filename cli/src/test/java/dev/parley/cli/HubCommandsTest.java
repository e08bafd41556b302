package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.ChildProcess;
import dev.parley.hub.FakeHub;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Commands that download, each a process of its own with the environment that a user sets, against a hub on this machine. */
@Execution(ExecutionMode.CONCURRENT)
class HubCommandsTest {

    private static final long LOOKED_AT = 150_000; // bytes of the model that come first, so that it is known to run
    private static final String TEXT = "the cat sat on the mat and the dog sat on the cat";

    @TempDir
    Path folder;

    private FakeHub hub;
    private Path home;

    private record Ended(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertEquals(0, code, err);
            return new ObjectMapper().readTree(out);
        }
    }

    @BeforeEach
    void serve() throws IOException {
        home = folder.resolve("home");
        var model = folder.resolve("served/org/tiny");
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT, TEXT).iterator());
        tokenizer.save(model);
        try (var created = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 32, 64, 2, 2), 1)) {
            created.savePretrained(model);
        }
        Files.writeString(model.resolve("README.md"), "not needed");
        hub = FakeHub.start(folder.resolve("served"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private ChildProcess start(Map<String, String> environment, Object... arguments) throws IOException {
        var process = start(environment, command(arguments));
        process.process().getOutputStream().close();
        return process;
    }

    private static List<String> command(Object... arguments) {
        var command = new ArrayList<String>();
        // A shell lets what it starts in the background ignore Ctrl-C, and all that this starts inherits that.
        if (OS.LINUX.isCurrentOs()) command.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-agentlib") && !a.startsWith("-javaagent")).toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Parley.class.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    private ChildProcess start(Map<String, String> environment, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("HF_") || name.startsWith("HUGGING"));
        builder.environment().putAll(Map.of("HF_HOME", home.toString(), "HF_ENDPOINT", hub.endpoint().toString(), "NO_PROXY", "*"));
        builder.environment().putAll(environment);
        return ChildProcess.start(builder.redirectError(folder.resolve("err").toFile()).redirectOutput(folder.resolve("out").toFile()));
    }

    private Ended ended(ChildProcess process) throws IOException, InterruptedException {
        try (process) {
            return new Ended(process.exitCode(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
        }
    }

    private Ended parley(Object... arguments) throws IOException, InterruptedException {
        return ended(start(Map.of(), arguments));
    }

    private Path snapshots() {
        return home.resolve("hub/models--org--tiny/snapshots");
    }

    @Test
    void modelsArePulledListedUsedAndRemoved() throws Exception {
        var pulled = parley("models", "pull", "org/tiny", "--json").json();
        var path = Path.of(pulled.path("path").asText());
        assertEquals(snapshots().resolve(pulled.path("commit").asText()), path);
        assertTrue(pulled.path("downloaded_bytes").asLong() > 0 && hub.bytesServed() >= pulled.path("downloaded_bytes").asLong());
        assertEquals(path + "\n", parley("models", "pull", "org/tiny").out());

        var listed = parley("models", "list", "--json").json();
        assertEquals(home.resolve("hub").toString(), listed.path("cache").asText());
        var model = listed.path("models").get(0);
        assertEquals("org/tiny", model.path("id").asText());
        assertTrue(model.path("size_bytes").asLong() >= pulled.path("downloaded_bytes").asLong());
        assertEquals("main", model.path("revisions").get(0).path("refs").get(0).asText());
        assertTrue(model.path("revisions").get(0).path("whole").asBoolean());
        assertTrue(parley("models", "list").out().contains("org/tiny"));

        var generated = parley("generate", "--model", "org/tiny", "--prompt", "the cat", "--max-new-tokens", 3, "--ignore-eos", "--json")
                .json();
        assertEquals("org/tiny", generated.path("model").asText());
        assertEquals(3, generated.path("outputs").get(0).path("ids").size());

        var unasked = parley("models", "rm", "org/tiny");
        assertEquals(2, unasked.code());
        assertTrue(unasked.err().contains("--yes"), unasked.err());
        var removed = parley("models", "rm", "org/tiny", "--yes", "--json").json();
        assertEquals(pulled.path("commit"), removed.path("removed").get(0));
        assertTrue(
                removed.path("freed_bytes").asLong() >= pulled.path("downloaded_bytes").asLong() && !Files.exists(snapshots().getParent()));
    }

    @Test
    void aModelIsDownloadedWhereItIsFirstNamed() throws Exception {
        var encoded = parley("tokenizer", "encode", "--tokenizer", "org/tiny", "--text", "the cat", "--json").json();
        assertFalse(encoded.path("ids").isEmpty());
        var commit = Files.readString(home.resolve("hub/models--org--tiny/refs/main"));
        assertFalse(Files.exists(snapshots().resolve(commit).resolve("model.safetensors")), "a tokenizer needs no weights");
        assertTrue(parley("score", "--model", "org/tiny@" + commit, "--text", TEXT, "--json").json().path("loss").asDouble() > 0);
        var offline = ended(
                start(Map.of("HF_HUB_OFFLINE", "1", "HF_ENDPOINT", "http://127.0.0.1:9"), "score", "--model", "org/tiny", "--text", TEXT));
        assertEquals(0, offline.code(), offline.err());
    }

    @Test
    void whatCannotBeHadIsOneSentence() throws Exception {
        hub.gate("org/tiny", "hf_right");
        var wrong = Map.of("org/tiny", "is gated: accept its terms at " + hub.endpoint() + "/org/tiny", "org/none", "has no model org/none",
                "a/b/c", "There is no folder a/b/c");
        for (var call : wrong.entrySet()) {
            var ended = parley("generate", "--model", call.getKey(), "--prompt", "x");
            assertEquals(1, ended.code(), ended.err());
            var said = ended.err().lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
            assertTrue(said.size() == 1 && said.getFirst().startsWith("parley: ") && said.getFirst().contains(call.getValue()),
                    ended.err());
        }
        assertEquals(0, ended(start(Map.of("HF_TOKEN", "hf_right"), "models", "pull", "org/tiny")).code());
    }

    @Test
    void aModelIsLookedAtBeforeItComesAndOneThatWouldNotRunStaysAway() throws Exception {
        var info = parley("models", "info", "org/tiny", "--json").json();
        assertTrue(info.path("runs").asBoolean() && !info.path("here").asBoolean());
        assertEquals("gpt2", info.path("family").asText());
        assertEquals(32, info.path("context_length").asInt());
        assertEquals("mit", info.path("license").asText());
        var weights = Files.size(folder.resolve("served/org/tiny/model.safetensors"));
        assertEquals(weights,
                info.path("files").findParents("name").stream().filter(f -> f.path("name").asText().equals("model.safetensors"))
                        .findFirst().orElseThrow().path("size_bytes").asLong());
        assertEquals(info.path("download_bytes").asLong(),
                parley("models", "pull", "org/tiny", "--json").json().path("downloaded_bytes").asLong());
        assertTrue(info.path("speed").path("tokens_per_second_limit").asDouble() > 0);

        var here = parley("models", "info", "org/tiny", "--no-speed", "--json").json();
        assertTrue(here.path("here").asBoolean() && here.path("download_bytes").asLong() == 0 && here.path("speed").isMissingNode());
        assertEquals(info.path("memory").path("weight_bytes"), here.path("memory").path("weight_bytes"));
        assertTrue(parley("models", "info", here.path("path").asText(), "--no-speed").out().contains("family         gpt2"));

        var odd = Files.createDirectories(folder.resolve("served/org/odd"));
        Files.writeString(odd.resolve("config.json"), "{\"model_type\": \"mamba2\"}");
        Files.copy(folder.resolve("served/org/tiny/model.safetensors"), odd.resolve("model.safetensors"));
        var refused = parley("models", "pull", "org/odd");
        assertTrue(
                refused.code() == 1 && refused.err().contains("\"mamba2\" is not known")
                        && refused.err().contains("Nothing was downloaded"),
                refused.err());
        var looked = parley("models", "info", "org/odd");
        assertTrue(looked.code() == 1 && looked.out().contains("does not run it"), looked.out());

        var found = parley("models", "search", "org", "--json").json().path("models");
        assertEquals(List.of("org/tiny"), found.findValuesAsText("id"));
        assertEquals(2, parley("models", "search", "org", "--all", "--json").json().path("models").size());
        assertTrue(parley("models", "search", "TINY").out().contains("gpt2"));
        var offline = ended(start(Map.of("HF_HUB_OFFLINE", "1"), "models", "search", "x"));
        assertTrue(offline.code() == 1 && offline.err().contains("HF_HUB_OFFLINE"), offline.err());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCKeepsWhatHasComeAndTheNextPullGoesOn() throws Exception {
        hub.slow(100_000);
        Ended stopped;
        try (var pull = start(Map.of(), "models", "pull", "org/tiny")) {
            while (pull.isAlive() && hub.bytesServed() < LOOKED_AT + 60_000) Thread.sleep(5);
            pull.signal("INT");
            stopped = ended(pull);
        }
        assertEquals(Parley.INTERRUPTED, stopped.code(), stopped.err());
        assertTrue(stopped.err().contains("what has come is kept"), stopped.err());
        assertFalse(Files.exists(snapshots()));
        hub.slow(Long.MAX_VALUE);
        var size = Files.size(folder.resolve("served/org/tiny/model.safetensors"));
        var more = parley("models", "pull", "org/tiny", "--json").json().path("downloaded_bytes").asLong();
        assertTrue(more > 0 && more < size, more + " of " + size);
    }

    /** With a bar there is a terminal, and Ctrl-C comes from it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void ctrlCUnderABarKeepsWhatHasComeToo() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script, which lends a terminal, is not installed");
        hub.slow(100_000);
        var command = new ArrayList<>(command("models", "pull", "org/tiny"));
        command.addAll(command.indexOf("-cp"), List.of("-Dparley.stdout.terminal=true", "-Dparley.stderr.terminal=true"));
        Ended stopped;
        try (var pull = start(Map.of("TERM", "xterm"),
                List.of("/usr/bin/script", "-qec", "'" + String.join("' '", command) + "'", "/dev/null"))) {
            while (pull.isAlive() && hub.bytesServed() < LOOKED_AT + 60_000) Thread.sleep(5);
            pull.process().getOutputStream().write(3); // Ctrl-C, as the terminal gets it
            pull.process().getOutputStream().flush();
            stopped = ended(pull);
        }
        assertEquals(Parley.INTERRUPTED, stopped.code(), stopped.out());
        assertTrue(stopped.out().contains(" kB"), stopped.out());
        assertTrue(stopped.out().contains("what has come is kept"), stopped.out());
        assertFalse(Files.exists(snapshots()));
    }
}
