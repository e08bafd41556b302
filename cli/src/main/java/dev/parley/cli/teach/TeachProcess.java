package dev.parley.cli.teach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.DataOptions;
import dev.parley.serve.lessons.LessonMaker;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes a server's lessons by {@code parley teach} in a process of its own, which leaves the processors to the server where both want
 * them. It reads how far the lesson is from the lines of JSON, and ends with the server.
 */
public final class TeachProcess implements LessonMaker {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "parley: "; // before the sentence that says why a command failed
    private static final int LONGEST_FAULT = 1_000;
    private static final long SECONDS_TO_STOP = 8;
    /** Options of this JVM that are its own: what it logs, writes and is watched by. */
    private static final List<String> OWN = List.of("-agentlib", "-agentpath", "-javaagent", "-Xlog", "-Xrun", "-XX:ArchiveClassesAtExit",
            "-XX:DumpLoadedClassList", "-Dparley.stderr.descriptor");

    private final DataOptions data;

    /** @param data where the server's feedback and lessons lie */
    public TeachProcess(DataOptions data) {
        this.data = data;
    }

    @Override
    public Making make(Order order, Watch watch) throws IOException {
        var builder = new ProcessBuilder(command(order));
        data.handOver(builder);
        var process = builder.start();
        var last = new LastLine(process, order);
        var reading = Thread.ofVirtual().name("parley-teach-notes").start(last);
        Thread.ofVirtual().name("parley-teach").start(() -> follow(process, reading, last, watch));
        return () -> Thread.startVirtualThread(() -> stop(process));
    }

    private static List<String> command(Order order) {
        var command = new ArrayList<String>();
        if (isOnPath("nice")) command.addAll(List.of("nice", "-n", "10"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> OWN.stream().noneMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerChild.class.getName(), "teach",
                order.folder().toString(), "--name", order.model(), "--json"));
        order.user().ifPresent(user -> command.addAll(List.of("--user", user)));
        return command;
    }

    private static boolean isOnPath(String program) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, program)).anyMatch(Files::isExecutable);
    }

    private static void follow(Process process, Thread reading, LastLine last, Watch watch) {
        try (var lines = process.inputReader()) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) tell(line, watch);
            var code = process.waitFor();
            reading.join();
            watch.ended(code == 0 ? Optional.empty() : last.sentence());
        } catch (IOException e) {
            process.destroyForcibly();
            watch.ended(Optional.of("Its process cannot be heard any more."));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the thread that follows a lesson.", e);
        }
    }

    private static void tell(String line, Watch watch) {
        try {
            var json = JSON.readTree(line);
            if (json.path("phase").isTextual())
                watch.at(json.path("phase").textValue(), json.path("done").asLong(), json.path("total").asLong());
        } catch (JsonProcessingException e) {
            // a library's own word
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the thread that stops a lesson.", e);
        }
    }

    /** What the process said last on standard error: why it failed, if it did. */
    private static final class LastLine implements Runnable {

        private final BufferedReader lines;
        private final Order order;
        private volatile String last = "";

        private LastLine(Process process, Order order) {
            lines = process.errorReader();
            this.order = order;
        }

        @Override
        public void run() {
            try (lines) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) last = line;
                }
            } catch (IOException e) {
                // what has been said by now has to do
            }
        }

        /** Without the place of the model's folder, which is not everybody's to know. */
        private Optional<String> sentence() {
            var said = last.startsWith(NAME) ? last.substring(NAME.length()) : last;
            var told = said.replace(order.folder().toString(), order.model());
            return told.isEmpty() ? Optional.empty() : Optional.of(told.substring(0, Math.min(told.length(), LONGEST_FAULT)));
        }
    }
}
