package dev.parley.assist.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A real process, killed in the middle of its work again and again. */
@Execution(ExecutionMode.CONCURRENT)
class KilledTableRunTest {

    private static final int ROWS = 1000;

    @TempDir
    Path folder;

    @Test
    void makesEachRowOnceHoweverOftenItIsKilled() throws Exception {
        var table = folder.resolve("names.csv");
        Files.writeString(table, "name\n" + IntStream.rangeClosed(1, ROWS).mapToObj(i -> "n" + i).collect(Collectors.joining("\n")));
        var out = folder.resolve("out");
        var kills = 0;
        for (var goal = 150; !ends(start(table, out), out.resolve("journal.jsonl"), goal); goal += 230) {
            kills++;
            if (kills == 2) tear(out);
        }
        assertTrue(kills >= 3, "The process was killed " + kills + " times only.");

        var lines = Files.readAllLines(out.resolve("journal.jsonl"));
        var json = new ObjectMapper();
        var rows = new HashSet<Long>();
        for (var line : lines.subList(1, lines.size())) assertTrue(rows.add(json.readTree(line).path("row").asLong()), "twice: " + line);
        assertEquals(ROWS, rows.size());
        for (int i = 1; i <= ROWS; i++) {
            var seed = 7 + i * 0x9E3779B97F4A7C15L;
            assertEquals("About n" + i + ", by " + seed + "\n", Files.readString(out.resolve("n" + i + ".md")), "row " + i);
        }
        try (var files = Files.list(out)) {
            assertEquals(ROWS + 1, files.count(), "Nothing but the outputs and the journal is left.");
        }
    }

    /** What a kill may leave: half a line of the journal, and a file that was being written. */
    private static void tear(Path out) throws IOException {
        var journal = out.resolve("journal.jsonl");
        Files.writeString(journal, Files.readString(journal) + "{\"row\":999,\"fi");
        Files.writeString(out.resolve(".n999.md.0b5c.part"), "half");
    }

    private static ChildProcess start(Path table, Path out) throws IOException {
        return ChildProcess.start(new ProcessBuilder(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "dev.parley.assist.automation.ScriptedRun",
                        table.toString(), out.toString()))
                .redirectErrorStream(true).redirectOutput(new File(out + ".log")));
    }

    /** Kills the process when the journal has so many lines. @return whether it ended by itself, having done all */
    private static boolean ends(ChildProcess child, Path journal, int goal) throws Exception {
        try (child) {
            return ends(child.process(), journal, goal);
        }
    }

    private static boolean ends(Process process, Path journal, int goal) throws Exception {
        while (process.isAlive()) {
            if (Files.exists(journal) && lines(journal) >= goal) {
                process.destroyForcibly().waitFor(); // SIGKILL
                return false;
            }
            Thread.sleep(10); // oftener would take the processor from what is watched
        }
        assertEquals(0, process.exitValue());
        return true;
    }

    private static long lines(Path journal) throws IOException {
        var count = 0L;
        for (var b : Files.readAllBytes(journal)) {
            if (b == '\n') count++;
        }
        return count;
    }
}
