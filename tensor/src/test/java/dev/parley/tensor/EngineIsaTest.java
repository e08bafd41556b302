package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.machine.Isa;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code PARLEY_ISA} limits what libtorch uses. */
class EngineIsaTest {

    /** The process that a test starts: what libtorch says of itself. */
    static final class Facts {
        public static void main(String[] args) {
            System.out.println(Engine.describe());
        }
    }

    private static String facts(String isa) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(List.of(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), Facts.class.getName())).redirectErrorStream(true);
        builder.environment().put(Isa.VARIABLE, isa);
        var process = builder.start();
        try {
            var said = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), said);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void libtorchKeepsToTheInstructionsThatAreAskedFor() throws Exception {
        var said = facts("avx2");
        assertTrue(said.contains("libtorch AVX2"), said);
        assertTrue(said.contains("limited by PARLEY_ISA=avx2"), said);
        assertTrue(!said.contains("avx512"), said);
    }
}
