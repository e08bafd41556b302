package dev.parley.cli.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.cli.DataOptions;
import dev.parley.serve.lessons.LessonMaker;
import dev.parley.serve.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The process in which a server has lessons made. */
@Timeout(180)
class TeachProcessTest {

    @TempDir
    private Path folder;

    @Command
    private static final class WithData {

        @Mixin
        private DataOptions data;
    }

    private DataOptions data(String... options) {
        var command = new WithData();
        new CommandLine(command).parseArgs(options);
        return command.data;
    }

    private static final class Ended implements LessonMaker.Watch {

        private final CompletableFuture<Optional<String>> fault = new CompletableFuture<>();

        @Override
        public void at(String phase, long done, long total) {}

        @Override
        public void ended(Optional<String> why) {
            fault.complete(why);
        }
    }

    @Test
    void whatCannotBeTaughtIsToldInTheWordsOfTheCommandWithoutTheFoldersPlace() throws Exception {
        var data = Files.createDirectories(folder.resolve("data"));
        Database.sqlite(data).close();
        var model = Files.createDirectories(folder.resolve("model"));
        var ended = new Ended();
        new TeachProcess(data("--data", data.toString())).make(new LessonMaker.Order("my-model", model, Optional.empty()), ended);
        var why = ended.fault.get().orElseThrow();
        assertTrue(why.contains("my-model"), why);
        assertFalse(why.contains(folder.toString()) || why.startsWith("parley:"), why);
    }

    @Test
    void theAddressOfADatabaseIsNotAmongTheArguments() {
        var child = new ProcessBuilder(new ArrayList<>(List.of("parley")));
        data("--database-url", "postgresql://ada:secret@localhost/chat").handOver(child);
        assertEquals(List.of("parley"), child.command());
        assertEquals("postgresql://ada:secret@localhost/chat", child.environment().get("PARLEY_DATABASE_URL"));
    }

    @Test
    void aChildEndsWithTheServerWhateverItDoes() throws IOException, InterruptedException {
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ServerChild.class.getName(), "tokenizer", "encode", "--tokenizer", "gpt2", "--jsonl",
                endless().toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertFalse(child.waitFor(3, TimeUnit.SECONDS), "it ends by itself");
        child.outputWriter().close(); // as the system does when the server is killed
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    }

    /** A file that nobody writes into, so that who reads it waits. */
    private Path endless() throws IOException, InterruptedException {
        var pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        return pipe;
    }
}
