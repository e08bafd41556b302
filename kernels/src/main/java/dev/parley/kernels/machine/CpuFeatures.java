package dev.parley.kernels.machine;

import dev.parley.kernels.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this machine's processor can do, as far as {@link Isa} lets it. */
public final class CpuFeatures {

    private static final Set<String> FLAGS = Isa.asked().limit(readCpuInfo("flags"));
    private static final boolean AMD = readCpuInfo("vendor_id").contains("AuthenticAMD");

    private CpuFeatures() {}

    /** Whether it has an instruction set, under Linux's name, such as {@code amx_bf16}. */
    public static boolean has(String flag) {
        return FLAGS.contains(flag);
    }

    /** Whether AMD made it. */
    public static boolean isAmd() {
        return AMD;
    }

    /**
     * True if this CPU multiplies bfloat16 matrices in hardware (AVX512-bf16 or AMX). Elsewhere libtorch emulates it,
     * several times slower than float32, so that float32 is used.
     */
    public static boolean hasFastBfloat16() {
        return has("avx512_bf16") || has("amx_bf16");
    }

    /** The type that matrix products are computed in unless the user names one: bfloat16 where it is fast, else float32. */
    public static DType computeType() {
        return hasFastBfloat16() ? DType.BFLOAT16 : DType.FLOAT32;
    }

    /** Features that matter for the speed of products, those that are there. */
    public static String describe() {
        return Stream.of("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_int8").filter(CpuFeatures::has)
                .collect(Collectors.joining(" "));
    }

    /** The words of a line of the first processor in Linux's list; none elsewhere. */
    private static Set<String> readCpuInfo(String line) {
        var cpuinfo = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpuinfo)) return Set.of();
        try (var lines = Files.lines(cpuinfo)) {
            return lines.filter(l -> l.startsWith(line)).findFirst()
                    .map(l -> Set.copyOf(Arrays.asList(l.substring(l.indexOf(':') + 1).strip().split(" ")))).orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }
}
