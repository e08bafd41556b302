package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.files.ChildProcess;
import dev.parley.model.ModelConfig;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./parley} as a user's shell sees it: exit codes, and which words go where. It runs on the jars of this build. */
@Execution(ExecutionMode.CONCURRENT)
class LauncherIT {

    private record Ended(int code, String out, String err) {}

    private static final Path PARLEY = Repository.root().resolve("parley");

    @TempDir
    Path folder;

    @BeforeAll
    static void aShellIsThereAndHasRehearsed() throws IOException, InterruptedException {
        assumeTrue(Stream.of("/bin/bash", "/usr/bin/bash").map(Path::of).anyMatch(Files::isExecutable), "no bash on this machine");
        assumeTrue(Files.isRegularFile(Repository.root().resolve("bench/target/classpath.txt")), "the jars are not built; run mvn verify");
        // The first start after a build rehearses, and others say that they wait for it: not while a test reads what they say.
        var builder = started(PARLEY.toString(), "--version").redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        try (var process = ChildProcess.start(builder)) {
            assertEquals(0, process.exitCode());
        }
    }

    private static ProcessBuilder started(String... command) {
        var builder = new ProcessBuilder(command);
        builder.environment().put("PARLEY_BUILD", "never");
        builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        return builder;
    }

    private Ended run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var builder = started(command).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        try (var process = ChildProcess.start(builder)) {
            process.process().getOutputStream().close();
            return new Ended(process.exitCode(), Files.readString(out), Files.readString(err));
        }
    }

    private Ended parley(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PARLEY.toString()));
        command.addAll(List.of(arguments));
        return run(Map.of(), command.toArray(String[]::new));
    }

    @Test
    void helpGoesToStandardOutputAndNothingToStandardError() throws Exception {
        var first = parley("--help");
        assertEquals(new Ended(0, first.out(), ""), first);
        assertTrue(first.out().contains("tokenizer") && first.out().contains("./parley quickstart"), first.out());
        assertEquals(first, parley("--help"), "with the classes loaded ahead of time");
        assertFalse(first.out().contains("\u001b"), "no colours in a file");
    }

    @Test
    void everyCommandShowsAnExample() throws Exception {
        for (var command : List.of("quickstart", "tokenizer train", "tokenizer encode", "tokenizer decode", "tokenizer stats", "train",
                "generate", "chat", "score", "serve", "users", "keys", "data", "knowledge index", "knowledge search", "knowledge list",
                "doctor", "bench")) {
            var arguments = new ArrayList<>(List.of(command.split(" ")));
            arguments.add("--help");
            var ended = parley(arguments.toArray(String[]::new));
            assertEquals(0, ended.code());
            assertTrue(
                    (ended.out().contains("Example:") || ended.out().contains("Examples:")) && ended.out().contains("./parley " + command),
                    ended.out());
        }
    }

    @Test
    void anUnknownCommandIsWrongUsageWithASuggestion() throws Exception {
        assertEquals(new Ended(2, "", "parley: there is no command tokenise. Did you mean tokenizer? See ./parley --help.\n"),
                parley("tokenise"));
    }

    @Test
    void anUnknownOptionIsWrongUsageWithASuggestion() throws Exception {
        assertEquals(
                new Ended(2, "",
                        "parley: there is no option --vocab-sise. Did you mean --vocab-size? See ./parley tokenizer train --help.\n"),
                parley("tokenizer", "train", "--vocab-sise", "300"));
    }

    @Test
    void aMissingFileIsOneSentenceAndExitCodeOne() throws Exception {
        var ended = parley("tokenizer", "encode", "--tokenizer", "gpt2", "--jsonl", "nowhere.jsonl");
        assertEquals(new Ended(1, "", "parley: nowhere.jsonl: there is no such file or folder.\n"), ended);
    }

    @Test
    void debugShowsWhere() throws Exception {
        var ended = parley("tokenizer", "encode", "--tokenizer", "gpt2", "--jsonl", "nowhere.jsonl", "--debug");
        assertEquals(1, ended.code());
        assertTrue(ended.err().contains("\tat dev.parley.cli"), ended.err());
    }

    @Test
    void chineseArgumentsArriveInAnyLocale() throws Exception {
        var ended = run(Map.of("LC_ALL", "C", "LANG", "C"), PARLEY.toString(), "tokenizer", "encode", "--tokenizer", "gpt2", "--text", "请问",
                "--json");
        assertEquals(new Ended(0, "{\"ids\":[46237,115,29785,106]}\n", ""), ended);
    }

    @Test
    void startsThroughASymbolicLinkFromAnyFolder() throws Exception {
        var link = Files.createSymbolicLink(Files.createDirectory(folder.resolve("bin")).resolve("chat"), PARLEY);
        var ended = run(Map.of(), link.toString(), "--version");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().startsWith("parley 0."), ended.out());
    }

    @Test
    void trainsATokenizerThatEncodesAndDecodes() throws Exception {
        Files.writeString(folder.resolve("text.txt"), "to be or not to be, that is the question\n".repeat(200));
        var trained = parley("tokenizer", "train", "--files", "text.txt", "--vocab-size", "280", "--out", "tok", "--json");
        assertEquals(0, trained.code(), trained.err());
        assertTrue(trained.out().matches("\\{\"tokenizer\":\"tok\",\"vocab_size\":280,\"bytes\":8200,.*}\n"), trained.out());
        Files.writeString(folder.resolve("texts.jsonl"), "{\"text\":\"to be\"}\n\n{\"text\":\"人 <|endoftext|>\"}\n");
        var encoded = parley("tokenizer", "encode", "--tokenizer", "tok", "--jsonl", "texts.jsonl");
        assertEquals(0, encoded.code(), encoded.err());
        assertTrue(encoded.out().endsWith(",0]}\n"), "the special token is id 0: " + encoded.out());
        Files.writeString(folder.resolve("ids.jsonl"), encoded.out());
        var decoded = parley("tokenizer", "decode", "--tokenizer", "tok", "--jsonl", "ids.jsonl");
        assertEquals(new Ended(0, "{\"text\":\"to be\"}\n{\"text\":\"人 <|endoftext|>\"}\n", ""), decoded);
    }

    @Test
    void doctorStartsTheEngineWithoutAWarning() throws Exception {
        var ended = parley("doctor", "--json");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("\"engine\":\"libtorch 2."), ended.out());
        assertTrue(ended.err().isEmpty() || ended.err().startsWith("Unpacking libtorch"), ended.err());
    }

    /** With an empty folder for native libraries, which is still empty afterwards: nothing of libtorch was unpacked, let alone loaded. */
    @Test
    void theJavaEngineLoadsNoNativeLibrary() throws Exception {
        try (var model = TrainableLM.create(ModelConfig.qwen3(300, 64, 32, 2, 4, 2, 128), 1)) {
            model.savePretrained(folder.resolve("model"));
        }
        var natives = Files.createDirectories(folder.resolve("natives"));
        for (var quantize : List.of("none", "int8", "int4")) {
            var ended = run(Map.of("PARLEY_JAVA_OPTS", "-Dorg.bytedeco.javacpp.cachedir=" + natives), PARLEY.toString(), "generate",
                    "--model", "model",
                    "--ids", "1,2,3", "--max-new-tokens", "5", "--ignore-eos", "--engine", "java", "--quantize", quantize, "--json");
            assertEquals(0, ended.code(), ended.err());
            assertEquals("", ended.err());
            assertTrue(ended.out().contains("\"completion_tokens\":5"), ended.out());
            try (var files = Files.list(natives)) {
                assertEquals(List.of(), files.toList());
            }
        }
    }

    @Test
    void withoutAJdkOneSentenceSaysWhatToInstall() throws Exception {
        var alone = Files.createDirectories(folder.resolve("clone"));
        var script = Files.readString(PARLEY, StandardCharsets.UTF_8);
        // The usual folders of this machine hold a JDK 25; the copy looks for one that cannot be there.
        Files.writeString(alone.resolve("parley"), script.replace("oldest=25", "oldest=99"));
        var sentence = "parley: no JDK 99 or newer was found: install one, such as Eclipse Temurin 99, or name its folder in "
                + "JAVA25_HOME%s.\n";
        assertEquals(new Ended(1, "", sentence.formatted("")),
                run(Map.of("JAVA25_HOME", ""), "bash", alone.resolve("parley").toString(), "--help"));
        assertEquals(new Ended(1, "", sentence.formatted(" (in /nowhere there is none)")),
                run(Map.of("JAVA25_HOME", "/nowhere"), "bash", alone.resolve("parley").toString(), "--help"));
    }

    /**
     * A folder that says it is another JDK, with the Java of this one in it, which says who it is. It has this one's full version, so that
     * no other rehearsal is needed.
     */
    private Path jdkThatSays(String version) throws IOException {
        var home = Files.createDirectories(folder.resolve("jdk-" + version));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_RUNTIME_VERSION=\""
                + System.getProperty("java.runtime.version") + "\"\nJAVA_VERSION=\"" + version + "\"\n");
        var bin = Files.createDirectories(home.resolve("bin"));
        for (var name : List.of("java", "javac")) {
            Files.writeString(bin.resolve(name), "#!/bin/sh\necho 'This is " + version + ".' >&2\nexec '" + System.getProperty("java.home")
                    + "/bin/" + name + "' \"$@\"\n");
            assertTrue(bin.resolve(name).toFile().setExecutable(true));
        }
        return home;
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25.0.9", "26", "26.0.1", "27-ea", "100.1"})
    void aJdkFrom25OnIsTaken(String version) throws Exception {
        var ended = run(Map.of("JAVA25_HOME", "", "JAVA_HOME", jdkThatSays(version).toString()), PARLEY.toString(), "--version");
        assertEquals(new Ended(0, ended.out(), "This is " + version + ".\n"), ended);
        assertTrue(ended.out().startsWith("parley 0."), ended.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_402", "9", "24.0.2"})
    void anOlderJdkIsPassedOver(String version) throws Exception {
        var ended = run(Map.of("JAVA25_HOME", jdkThatSays(version).toString(), "JAVA_HOME", System.getProperty("java.home")),
                PARLEY.toString(), "--version");
        assertEquals(new Ended(0, ended.out(), ""), ended);
    }

    @Test
    void theJdkInJava25HomeComesBeforeTheOneInJavaHome() throws Exception {
        var ended = run(Map.of("JAVA25_HOME", jdkThatSays("26").toString(), "JAVA_HOME", jdkThatSays("25").toString()), PARLEY.toString(),
                "--version");
        assertEquals(new Ended(0, ended.out(), "This is 26.\n"), ended);
    }
}
