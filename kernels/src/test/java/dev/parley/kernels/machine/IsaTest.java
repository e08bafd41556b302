package dev.parley.kernels.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code PARLEY_ISA} hides from us what may not be used. */
class IsaTest {

    @Test
    void anUnknownNameIsToldWithTheKnownOnes() {
        var fault = assertThrows(IllegalArgumentException.class, () -> Isa.of("avx3"));
        assertEquals("PARLEY_ISA=avx3 is none of avx2, avx512, avx512_bf16, native.", fault.getMessage());
    }

    @Test
    void flagsBeyondTheLimitAreHidden() {
        assertEquals(Set.of("avx2", "fma"), Isa.AVX2.limit(Set.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "avx_vnni")));
        assertEquals(Set.of("avx2", "avx512f"), Isa.AVX512.limit(Set.of("avx2", "avx512f", "avx512_bf16", "amx_bf16")));
        assertEquals(Isa.NATIVE, Isa.of(""));
    }
}
