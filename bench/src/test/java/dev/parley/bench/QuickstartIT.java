package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.ChildProcess;
import dev.parley.train.checkpoint.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The quickstart by the shell: interrupted, it goes on where it was and leaves a whole model. */
@Execution(ExecutionMode.CONCURRENT)
class QuickstartIT {

    private static final Path PARLEY = Repository.root().resolve("parley");

    @TempDir
    Path folder;

    private ChildProcess start() throws IOException {
        var builder = new ProcessBuilder(PARLEY.toString(), "quickstart", "--steps", "60", "--out", "model", "--json")
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        builder.environment().put("PARLEY_BUILD", "never");
        builder.environment().put("JAVA25_HOME", System.getProperty("java.home"));
        return ChildProcess.start(builder);
    }

    @Test
    void anInterruptedQuickstartGoesOnWhereItWas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")) && Files.isRegularFile(Repository.root().resolve("bench/target/classpath.txt")),
                "no shell, or no jars");
        try (var first = start()) {
            while (first.isAlive() && !Files.readString(folder.resolve("err")).contains("Reading:")) Thread.sleep(100);
            Thread.sleep(1000); // some steps into the stage
            // Not INT, which the shell ignores on behalf of what it starts in the background; both take the same way here.
            first.signal("TERM");
            var code = first.exitCode();
            assertEquals(128 + 15, code, Files.readString(folder.resolve("err")));
        }
        assertTrue(Checkpoints.last(folder.resolve("model/.work/pretrain")).isPresent(), Files.readString(folder.resolve("err")));

        int code;
        try (var second = start()) {
            code = second.exitCode();
        }
        var err = Files.readString(folder.resolve("err"));
        assertEquals(0, code, err);
        assertTrue(err.contains("Going on from the last checkpoint"), err);
        var json = new ObjectMapper().readTree(Files.readString(folder.resolve("out")));
        for (var name : List.of("spelling", "sums to 20", "chat topics", "bits per byte, held-out text")) {
            assertTrue(json.path("scores").path(name).path("n").asInt() > 0, name);
        }
        assertTrue(json.path("samples").size() >= 5);
        for (var file : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
                "generation_config.json", "report.html")) {
            assertTrue(Files.size(folder.resolve("model").resolve(file)) > 0, file);
        }
        var report = Files.readString(folder.resolve("model/report.html"));
        assertTrue(report.contains("uPlot") && !report.contains("{{") && !report.contains("src=\"http"),
                "the report is one file, filled in");
    }
}
