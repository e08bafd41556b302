package dev.parley.kernels.machine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The memory of this machine, and what does not fit into it. */
public final class MachineMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final double GB = 1e9;

    private MachineMemory() {}

    /** All of it, or of the container that we run in. */
    public static OptionalLong total() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? OptionalLong.of(bean.getTotalMemorySize()) : OptionalLong.empty();
    }

    /** What could be taken now without writing other programs' memory to disk, where the system tells. */
    public static OptionalLong available() {
        try {
            if (!Files.isReadable(MEMINFO)) return OptionalLong.empty();
            try (var lines = Files.lines(MEMINFO)) {
                var free = lines.filter(line -> line.startsWith("MemAvailable:")).mapToLong(
                        line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).findFirst();
                return free.isEmpty() ? free : OptionalLong.of(Math.min(free.getAsLong(), total().orElse(Long.MAX_VALUE)));
            }
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** What is wrong where so many bytes are needed: more than there are, or than are free now; as the end of a sentence that names who. */
    public static Optional<String> shortage(long bytes) {
        var total = total();
        if (total.isPresent() && bytes > total.getAsLong()) return Optional.of(String.format(Locale.ROOT,
                "needs %.1f GB of memory, and this machine has %.1f GB: it will be very slow, or be ended by the system.", bytes / GB,
                total.getAsLong() / GB));
        var available = available();
        return available.isPresent() && bytes > available.getAsLong() ? Optional.of(String.format(Locale.ROOT,
                "needs %.1f GB of memory, of which %.1f GB are free now: end other programs first.", bytes / GB,
                available.getAsLong() / GB))
                : Optional.empty();
    }
}
