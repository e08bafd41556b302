package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Starts JVMs whose cache of native libraries is empty: the moment in which others crash. */
@Execution(ExecutionMode.CONCURRENT)
class ColdStartTest {

    private Path cache;

    @BeforeEach
    void anEmptyCache() throws IOException {
        cache = Files.createTempDirectory("parley-cold");
    }

    /** By hand: JUnit's own clearing warns of the links to a system's CUDA that JavaCPP leaves. */
    @AfterEach
    void clear() throws IOException {
        try (var files = Files.walk(cache)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    @Test
    void twoJvmsWithOneEmptyCacheBothStart() throws Exception {
        try (var first = start(); var second = start()) {
            for (var jvm : List.of(first, second)) assertEquals("6.0", output(jvm).lines().toList().getLast());
        }
        try (var files = Files.list(cache)) {
            assertEquals(1, files.filter(f -> f.toString().endsWith(".unpacked")).count());
        }
    }

    @Test
    void aDamagedCacheIsUnpackedAgain() throws Exception {
        assertStarts();
        Path library;
        try (var files = Files.walk(cache)) {
            library = files.filter(f -> f.getFileName().toString().startsWith("libc10")).findFirst().orElse(null);
        }
        if (library == null) return; // another platform's name
        Files.write(library, List.of("cut off"));
        assertStarts();
    }

    private void assertStarts() throws IOException, InterruptedException {
        try (var jvm = start()) {
            output(jvm);
        }
    }

    private static String output(ChildProcess jvm) throws IOException, InterruptedException {
        var output = new String(jvm.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, jvm.exitCode(), output);
        return output;
    }

    private ChildProcess start() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return ChildProcess.start(new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-Xmx256m",
                "-Dorg.bytedeco.javacpp.cachedir=" + cache, "-cp", System.getProperty("java.class.path"),
                ColdStart.class.getName()).redirectErrorStream(true));
    }

    /** What the JVM runs. */
    static final class ColdStart {

        private ColdStart() {}

        public static void main(String[] arguments) {
            try (var scope = Scope.open()) {
                System.out.println(Tensor.ofFloats(new float[] {1, 2, 3}, 3).sum().item());
            }
        }
    }
}
