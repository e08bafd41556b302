package dev.parley.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A program of the machine that a test runs. */
public record Program(int exitCode, String output) {

    /** Whether the machine has it. */
    public static boolean isHere(String name) {
        return Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /**
     * Skips the test where a program is missing, unless the machine must have it.
     * @param required a variable of the environment that says so
     */
    public static void assumeHere(String required, String... names) {
        var missing = Arrays.stream(names).filter(name -> !isHere(name)).toList();
        if ("true".equals(System.getenv(required))) assertEquals(List.of(), missing, "programs that " + required + " asks for are missing");
        assumeTrue(missing.isEmpty(), String.join(" and ", missing) + " is not on this machine, so this is not tested; " + required
                + "=true makes that a failure.");
    }

    /** Runs a command to its end. */
    public static Program run(Path folder, String... command) throws IOException, InterruptedException {
        var output = Files.createTempFile("parley-program", ".txt");
        try {
            try (var process = ChildProcess.start(
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()))) {
                return new Program(process.exitCode(), Files.readString(output, StandardCharsets.UTF_8));
            }
        } finally {
            Files.delete(output);
        }
    }
}
