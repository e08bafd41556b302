package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts JVMs whose cache of native libraries is empty: the moment in which others crash. */
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
        var processes = IntStream.range(0, 2).mapToObj(i -> start()).toList();
        for (var process : processes) {
            var output = new String(process.getInputStream().readAllBytes());
            assertEquals(0, process.waitFor(), output);
            assertEquals("6.0", output.lines().toList().getLast(), output);
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
        var process = start();
        var output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
    }

    private Process start() {
        try {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-Xmx256m",
                    "-Dorg.bytedeco.javacpp.cachedir=" + cache, "-cp", System.getProperty("java.class.path"),
                    ColdStart.class.getName()).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
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
