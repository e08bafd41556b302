package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code PARLEY_ISA} limits what libtorch uses, and hides from us what it may not use. */
class IsaTest {

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

    @Test
    void anUnknownNameIsToldWithTheKnownOnes() {
        var fault = assertThrows(TensorException.class, () -> Isa.of("avx3"));
        assertEquals("PARLEY_ISA=avx3 is none of avx2, avx512, avx512_bf16, native.", fault.getMessage());
    }

    @Test
    void flagsBeyondTheLimitAreHidden() {
        assertEquals(Set.of("avx2", "fma"), Isa.AVX2.limit(Set.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "avx_vnni")));
        assertEquals(Set.of("avx2", "avx512f"), Isa.AVX512.limit(Set.of("avx2", "avx512f", "avx512_bf16", "amx_bf16")));
        assertEquals(Isa.NATIVE, Isa.of(""));
    }
}
