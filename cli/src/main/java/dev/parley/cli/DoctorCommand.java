package dev.parley.cli;

import dev.parley.tensor.DType;
import dev.parley.tensor.Engine;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code parley doctor}: what this machine offers, and what is wrong. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Shows what this machine offers, and what is wrong with it.",
        footer = {"", "Example:  ./parley doctor"})
final class DoctorCommand implements Callable<Integer> {

    private static final int SIZE = 1024;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var facts = new LinkedHashMap<String, String>();
        var faults = new ArrayList<String>();
        facts.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        facts.putAll(Engine.describe());
        memory(facts, faults);
        facts.put("native libraries", nativeCache());
        facts.put("products of matrices", String.format(Locale.ROOT, "%.0f GFLOP/s in bfloat16, %.0f in float32", gigaflops(DType.BFLOAT16), gigaflops(DType.FLOAT32)));
        facts.put("gpu", Files.exists(Path.of("/dev/nvidia0")) ? "NVIDIA, not used: this build computes on the CPU" : "none found; this build computes on the CPU");
        if (!Engine.hasFastBfloat16()) faults.add("This CPU has no bfloat16 instructions: training is several times slower than it could be.");
        print(facts, faults);
        return Parley.DONE;
    }

    private static void memory(Map<String, String> facts, List<String> faults) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)) return;
        var gib = (double) (1L << 30);
        facts.put("memory", String.format(Locale.ROOT, "%.1f GiB, %.1f free; Java's heap at most %.1f", system.getTotalMemorySize() / gib,
                system.getFreeMemorySize() / gib, Runtime.getRuntime().maxMemory() / gib));
        if (system.getTotalMemorySize() < 4 * gib) faults.add("The machine has less than 4 GiB of memory: the quickstart needs about 3.");
    }

    private static String nativeCache() throws IOException {
        var folder = Engine.nativeCache();
        try (var files = Files.walk(folder)) {
            var bytes = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
            return String.format(Locale.ROOT, "%s, %.0f MB", folder, bytes / 1e6);
        }
    }

    /** The speed of a square product, the best of several. */
    private static double gigaflops(DType dtype) {
        try (var scope = Scope.open()) {
            var a = Tensor.empty(DType.FLOAT32, SIZE, SIZE).normalInPlace(0, 1).to(dtype);
            var best = 0.0;
            for (int i = 0; i < 8; i++) {
                try (var step = Scope.open()) {
                    var start = System.nanoTime();
                    a.matmul(a);
                    best = Math.max(best, 2.0 * SIZE * SIZE * SIZE / (System.nanoTime() - start));
                }
            }
            return best;
        }
    }

    private void print(Map<String, String> facts, List<String> faults) {
        if (json) {
            var object = Output.object();
            facts.forEach(object::put);
            var array = object.putArray("faults");
            faults.forEach(array::add);
            Output.json(object);
            return;
        }
        facts.forEach((name, value) -> Output.line(String.format("%-22s %s", name, value)));
        faults.forEach(fault -> Output.line("! " + fault));
        if (faults.isEmpty()) Output.line("Nothing is wrong.");
    }
}
