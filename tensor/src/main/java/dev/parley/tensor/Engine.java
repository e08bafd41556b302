package dev.parley.tensor;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.kernels.machine.Isa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * What runs the arithmetic, chosen in this one place: the device, the threads, and the type of numbers that products
 * of matrices are computed in. {@link #describe()} says all of it; every run's log and {@code doctor} print it.
 */
public final class Engine {

    private static final int THREADS = chooseThreads();

    private Engine() {}

    /** Threads of libtorch: {@code OMP_NUM_THREADS} if set, else the physical cores that this process may use. */
    public static int threads() {
        return THREADS;
    }

    /**
     * The type that training computes products in: bfloat16 where it is faster than float32, which is with AMX and on AMD's
     * processors. Intel's AVX512-bf16 alone does as many operations in a cycle as its float32 instructions, and the
     * conversions make it slower. A rule rather than a measurement, so that a run is the same on each start.
     */
    public static DType trainingType() {
        return CpuFeatures.has("amx_bf16") || CpuFeatures.isAmd() && CpuFeatures.has("avx512_bf16") ? DType.BFLOAT16 : DType.FLOAT32;
    }

    /** The device of every tensor. */
    public static String device() {
        return "cpu";
    }

    /** The folder that the native libraries are unpacked into. */
    public static Path nativeCache() {
        return Natives.cacheFolder();
    }

    /** Native objects, tensors above all, that are held and not yet freed: flat over a loop that leaks nothing. */
    public static long liveNativeObjects() {
        Natives.load();
        return Pointer.totalCount();
    }

    /** Bytes of physical memory that this process holds. */
    public static long residentBytes() {
        Natives.load();
        return Pointer.physicalBytes();
    }

    /**
     * True if there is a libtorch for this machine on the class path: for its system and processor, and on Linux with glibc.
     * Loads nothing of it, and asks no class of its bindings, which a program that only runs models does not have.
     */
    public static boolean isAvailable() {
        if (Engine.class.getClassLoader().getResource("org/bytedeco/javacpp/Loader.class") == null) return false;
        var musl = Files.exists(Path.of("/lib/ld-musl-x86_64.so.1")) && !Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"));
        return !musl && Engine.class.getClassLoader().getResource("org/bytedeco/pytorch/" + Loader.getPlatform() + "/") != null;
    }

    /** Loads libtorch now rather than at the first tensor. */
    public static void start() {
        Natives.load();
    }

    /** Everything that is in use, by name, in the order to print it. */
    public static Map<String, String> describe() {
        Natives.load();
        var facts = new LinkedHashMap<String, String>();
        facts.put("engine", "libtorch " + version() + " (" + Loader.getPlatform() + ")");
        facts.put("device", device());
        facts.put("threads", torch.get_num_threads() + " of " + Runtime.getRuntime().availableProcessors() + " processors; "
                + (Workers.canRun() ? "training: one pass each; otherwise: " : "") + "operations shared out, idle threads "
                + ThreadPools.waiting());
        facts.put("compute type", CpuFeatures.computeType().name().toLowerCase(Locale.ROOT)
                + (CpuFeatures.hasFastBfloat16() ? "" : " (no bfloat16 instructions)") + "; training in "
                + trainingType().name().toLowerCase(Locale.ROOT));
        facts.put("instructions",
                Isa.asked() == Isa.NATIVE ? "all that the CPU has" : "limited by " + Isa.VARIABLE + "=" + Isa.asked().label());
        facts.put("kernels", "libtorch " + torch.get_cpu_capability().getString()
                + (Context.hasMKLDNN() ? ", oneDNN" : ", no oneDNN: bfloat16 products are slow")
                + (CpuFeatures.describe().isEmpty() ? "" : "; CPU has " + CpuFeatures.describe()));
        facts.put("allocator", Allocator.keepsFreedMemory() ? "glibc, freed blocks kept" : "system default");
        return facts;
    }

    /** The same in one line, for a run's log. */
    public static String describeInOneLine() {
        return describe().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining("; "));
    }

    private static String version() {
        var version = torch.class.getPackage().getImplementationVersion();
        return version == null ? "of unknown version" : version;
    }

    private static int chooseThreads() {
        var asked = System.getenv("OMP_NUM_THREADS");
        if (asked != null && asked.matches("[1-9][0-9]{0,3}")) return Integer.parseInt(asked);
        return Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), physicalCores()));
    }

    /** Hyper-threads share the units that products run on: more threads than cores make them slower. */
    private static int physicalCores() {
        var cpuinfo = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpuinfo)) return Runtime.getRuntime().availableProcessors();
        try {
            var cores = new HashSet<String>();
            var socket = "";
            for (var line : Files.readAllLines(cpuinfo)) {
                if (line.startsWith("physical id")) socket = line;
                if (line.startsWith("core id")) cores.add(socket + line);
            }
            return cores.isEmpty() ? Runtime.getRuntime().availableProcessors() : cores.size();
        } catch (IOException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }
}
