package dev.parley.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The processor of this machine by its maker's name. */
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
}
