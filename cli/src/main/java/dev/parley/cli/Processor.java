package dev.parley.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** What the machine is: the processor by its maker's name, and the memory. */
final class Processor {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** For example {@code Apple M2}; empty if the system does not tell. */
    static String name() {
        try {
            return Files.isReadable(CPUINFO) ? fromCpuinfo() : fromSysctl();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String fromCpuinfo() throws IOException {
        try (var lines = Files.lines(CPUINFO)) {
            return lines.filter(l -> l.startsWith("model name")).findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("");
        }
    }

    private static String fromSysctl() throws IOException, InterruptedException {
        if (!System.getProperty("os.name").startsWith("Mac")) return "";
        var process = new ProcessBuilder("sysctl", "-n", "machdep.cpu.brand_string").redirectErrorStream(true).start();
        try (var said = process.getInputStream()) {
            var name = new String(said.readNBytes(1000), StandardCharsets.UTF_8).strip();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? name : "";
        }
    }

    /** Memory of the machine, or of the container that we run in, in bytes. */
    static OptionalLong memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? OptionalLong.of(bean.getTotalMemorySize()) : OptionalLong.empty();
    }
}
