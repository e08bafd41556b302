package dev.parley.train.report;

import dev.parley.files.DurableFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code metrics.jsonl}: one JSON object for each time that a run tells of its numbers. A line is written by one call as soon as it is
 * known, so that a run killed at any moment leaves whole lines; a power cut may take the last ones. A run that goes on from a checkpoint
 * first takes out what came after it: no step is missing and none is told twice.
 */
final class MetricsFile implements AutoCloseable {

    static final String NAME = "metrics.jsonl";

    private static final int LONGEST = 1 << 20; // characters of a line; one of ours has some hundreds

    private final FileChannel channel;

    private MetricsFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens the file for a run that begins after a step.
     *
     * @param afterStep whose line and those before it stay; 0 for a new run, which begins a new file
     * @param kept hears of each line that stays
     */
    static MetricsFile open(Path file, long afterStep, Consumer<MetricLine> kept) throws IOException {
        DurableFile.write(file, beside -> {
            if (afterStep > 0 && Files.exists(file)) keep(file, beside, afterStep, kept);
        });
        return new MetricsFile(FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    }

    private static void keep(Path file, FileChannel to, long lastStep, Consumer<MetricLine> kept) throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (var line = line(lines); !line.isEmpty(); line = line(lines)) {
                var metrics = line.endsWith("\n") ? MetricLine.parse(line) : Optional.<MetricLine>empty();
                if (metrics.isEmpty() || metrics.get().step() > lastStep) continue;
                write(to, line);
                kept.accept(metrics.get());
            }
        }
    }

    /** The next line with its end; of one that is longer than any of ours no more than its beginning, which is none. */
    private static String line(BufferedReader lines) throws IOException {
        var line = new StringBuilder();
        for (int c = lines.read(); c >= 0; c = lines.read()) {
            if (line.length() < LONGEST) line.append((char) c);
            if (c == '\n') break;
        }
        return line.toString();
    }

    void append(MetricLine line) throws IOException {
        write(channel, line.toJson() + "\n");
    }

    private static void write(FileChannel channel, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    @Override
    public void close() throws IOException {
        channel.force(true);
        channel.close();
    }
}
