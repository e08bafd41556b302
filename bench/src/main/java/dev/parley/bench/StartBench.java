package dev.parley.bench;

import dev.parley.bench.BenchRow.Named;
import dev.parley.files.FolderTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** How long {@code ./parley serve} takes from its start until it is ready to answer. */
final class StartBench {

    private static final double GOAL = 1500; // milliseconds
    private static final Pattern ADDRESS = Pattern.compile("http://[^ ,]+");

    private final Path launcher;
    private final Path model;
    private final Consumer<String> note;

    /** @param launcher {@code parley} of this build */
    StartBench(Path launcher, Path model, Consumer<String> note) {
        this.launcher = launcher;
        this.model = model;
        this.note = note;
    }

    /** The median of some starts, after one that warms the files and makes the database. */
    BenchRow row(String name, int turns) throws IOException, InterruptedException {
        var times = new double[turns];
        var data = Files.createTempDirectory("parley-bench");
        try {
            for (int turn = -1; turn < turns; turn++) {
                var millis = 1000 * start(data);
                if (turn < 0) continue;
                times[turn] = millis;
                note.accept(String.format(Locale.ROOT, "%s: ready %.0f ms after the start", name, millis));
            }
        } finally {
            FolderTree.delete(data);
        }
        return new BenchRow(name + " start to ready", BenchRow.median(times), "ms", Optional.empty(),
                Optional.of(new Named("the goal", GOAL)));
    }

    private double start(Path data) throws IOException, InterruptedException {
        var begin = System.nanoTime();
        var process = new ProcessBuilder(launcher.toString(), "serve", model.toString(), "--quantize", "int8", "--port", "0", "--data",
                data.toString(),
                "--access-log", data.resolve("access.log").toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var lines = process.inputReader(); var http = HttpClient.newHttpClient()) {
            var ready = HttpRequest.newBuilder(URI.create(address(lines) + "/ready")).build();
            while (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                if (!process.isAlive()) throw new IOException("The server ended before it was ready.");
                Thread.sleep(5);
            }
            return BenchRow.seconds(begin);
        } finally {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        }
    }

    private static String address(BufferedReader lines) throws IOException {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var address = ADDRESS.matcher(line);
            if (address.find()) return address.group();
        }
        throw new IOException("The server ended without saying where it is.");
    }
}
