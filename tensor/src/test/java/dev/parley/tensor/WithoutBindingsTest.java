package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.ChildProcess;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A program whose class path lacks the bindings of libtorch, because it only runs models. */
class WithoutBindingsTest {

    /** The process that a test starts. */
    static final class Asks {
        public static void main(String[] args) {
            System.out.println(Engine.isAvailable());
            try {
                Engine.start();
            } catch (TensorException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void hasNoLibtorchAndIsToldSo() throws Exception {
        var classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("bytedeco"))
                .collect(Collectors.joining(File.pathSeparator));
        var builder = new ProcessBuilder(List.of(System.getProperty("java.home") + "/bin/java", "-cp", classPath, Asks.class.getName()))
                .redirectErrorStream(true);
        try (var child = ChildProcess.start(builder)) {
            var said = new String(child.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, child.exitCode(), said);
            assertEquals(
                    "false\nlibtorch, which this needs, is not on the class path in a build for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch") + "; models run here in Java alone (--engine java).\n",
                    said.replace(System.lineSeparator(), "\n"));
        }
    }
}
