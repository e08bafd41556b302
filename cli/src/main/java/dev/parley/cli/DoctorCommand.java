package dev.parley.cli;

import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.kernels.machine.MachineMemory;
import dev.parley.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: what this machine offers, what is in use, and what is wrong. */
@Command(name = "doctor", description = "Show what this machine offers and what is used: JDK, engine, CPU, threads, memory.",
        footer = {"", "Example:", "  ./parley doctor --json"})
final class DoctorCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    DoctorCommand(Output output) {
        this.output = output;
    }

    /** The facts by name, and what should be mended. */
    private record Report(Map<String, String> facts, List<String> problems) {}

    @Override
    public Integer call() {
        var report = examine();
        if (json) {
            output.json(report);
        } else {
            report.facts().forEach((name, fact) -> output.line(String.format("%-14s %s", name, fact)));
            for (var problem : report.problems()) output.line("! " + problem);
            if (report.problems().isEmpty()) output.line("No problems found.");
        }
        return report.problems().isEmpty() ? Parley.DONE : Parley.FAILED;
    }

    private static Report examine() {
        var facts = new LinkedHashMap<String, String>();
        var problems = new ArrayList<String>();
        facts.put("parley", VersionProvider.text());
        facts.put("java", Runtime.version() + ", " + System.getProperty("java.vendor") + ", " + System.getProperty("java.home"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version") + ", " + System.getProperty("os.arch"));
        facts.put("cpu", Processor.name());
        facts.put("cpu features", CpuFeatures.describe());
        facts.put("memory", memory());
        try {
            facts.putAll(Engine.describe());
            facts.put("native cache", Engine.nativeCache() + ", " + (size(Engine.nativeCache()) >> 20) + " MiB");
        } catch (RuntimeException e) {
            problems.add(Failures.sentence(e));
        }
        facts.values().removeIf(String::isEmpty);
        return new Report(facts, problems);
    }

    private static String memory() {
        var java = "Java uses up to " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
        return MachineMemory.total().stream().mapToObj(bytes -> (bytes >> 20) + " MiB; ").findFirst().orElse("") + java;
    }

    private static long size(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(DoctorCommand::sizeOf).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.isSymbolicLink(file) ? 0 : Files.size(file);
        } catch (IOException e) {
            return 0; // it went away meanwhile
        }
    }
}
