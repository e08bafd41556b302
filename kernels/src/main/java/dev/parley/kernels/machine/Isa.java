package dev.parley.kernels.machine;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The instructions that this process may use. By default all that the processor has; {@code PARLEY_ISA} limits libtorch,
 * oneDNN and OpenBLAS alike, so that any machine can measure and test what a smaller one does. Java's own vectors are
 * limited by {@code -XX:UseAVX}, which the launcher and the tests add for the same name.
 */
public enum Isa {
    /** AVX2 with FMA: most laptops. */
    AVX2("avx2", "AVX2", "Haswell", Set.of("avx512", "avx_vnni", "avx_ifma", "amx")),
    /** AVX-512 as Skylake has it, without bfloat16. */
    AVX512("avx512", "AVX512_CORE", "SkylakeX", Set.of("avx512_bf16", "avx512_fp16", "amx")),
    /** AVX-512 with bfloat16, without AMX. */
    AVX512_BF16("avx512", "AVX512_CORE_BF16", "Cooperlake", Set.of("avx512_fp16", "amx")),
    /** Whatever there is. */
    NATIVE("", "", "", Set.of());

    /** The environment variable that names one, in small letters. */
    public static final String VARIABLE = "PARLEY_ISA";

    private final String torch;
    private final String oneDnn;
    private final String openBlas;
    private final Set<String> without;

    /**
     * @param torch value of {@code ATEN_CPU_CAPABILITY}
     * @param oneDnn of {@code ONEDNN_MAX_CPU_ISA}
     * @param openBlas of {@code OPENBLAS_CORETYPE}
     * @param without beginnings of the CPU flags that are not to be used
     */
    Isa(String torch, String oneDnn, String openBlas, Set<String> without) {
        this.torch = torch;
        this.oneDnn = oneDnn;
        this.openBlas = openBlas;
        this.without = without;
    }

    /** The one that the environment asks for. */
    public static Isa asked() {
        return of(System.getenv(VARIABLE));
    }

    /**
     * {@return the level of a name, such as avx2; the machine's own for an empty name or none}
     *
     * @param name as {@code PARLEY_ISA} has it
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Isa of(String name) {
        if (name == null || name.isEmpty()) return NATIVE;
        return Arrays.stream(values()).filter(isa -> isa.label().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                VARIABLE + "=" + name + " is none of " + Arrays.stream(values()).map(Isa::label).collect(Collectors.joining(", ")) + "."));
    }

    /** Its name as the variable has it. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** What the native libraries read when they are loaded. */
    public Map<String, String> environment() {
        return this == NATIVE ? Map.of()
                : Map.of("ATEN_CPU_CAPABILITY", torch, "ONEDNN_MAX_CPU_ISA", oneDnn, "OPENBLAS_CORETYPE", openBlas);
    }

    /** The processor's flags, less those that may not be used. */
    Set<String> limit(Set<String> cpuFlags) {
        return cpuFlags.stream().filter(flag -> without.stream().noneMatch(flag::startsWith)).collect(Collectors.toUnmodifiableSet());
    }
}
