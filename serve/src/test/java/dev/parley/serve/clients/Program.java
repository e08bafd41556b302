package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the machine that a test runs. */
record Program(int exitCode, String output) {

    private static final int PATIENCE = 300; // seconds

    /** Whether the machine has it. */
    static boolean isHere(String name) {
        return Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /** Skips the test where a program is missing, unless the machine must have it. @param required a variable of the environment that says so */
    static void assumeHere(String required, String... names) {
        var missing = Arrays.stream(names).filter(name -> !isHere(name)).toList();
        if ("true".equals(System.getenv(required))) assertEquals(List.of(), missing, "programs that " + required + " asks for are missing");
        assumeTrue(missing.isEmpty(), String.join(" and ", missing) + " is not on this machine, so this is not tested; " + required + "=true makes that a failure.");
    }

    /** Runs a command to its end. */
    static Program run(Path folder, String... command) throws IOException, InterruptedException {
        var output = Files.createTempFile("parley-program", ".txt");
        try {
            var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            try {
                assertTrue(process.waitFor(PATIENCE, TimeUnit.SECONDS), () -> command[0] + " does not come to an end");
            } finally {
                process.destroyForcibly();
            }
            return new Program(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }
}
