package dev.parley.data.prepare;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.data.shards.Split;
import dev.parley.files.PendingFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Writes documents as text: {@code train.jsonl.gz} and {@code validation.jsonl.gz}, a line {@code {"text":…,"source":…}} each. Every
 * batch is packed by itself, so that threads share the work; programs that read gzip read such files as one.
 */
public final class JsonLinesFolder implements Destination {

    private static final JsonFactory JSON = new JsonFactory();

    private final Path folder;
    private final double validation;
    private final Map<Split, PendingFile> files = new EnumMap<>(Split.class);
    private final Map<Split, Long> documents = new EnumMap<>(Split.class);

    /**
     * Begins a folder.
     *
     * @param validation part of the documents to evaluate on
     * @throws IllegalArgumentException if the folder holds such files already
     */
    public JsonLinesFolder(Path folder, double validation) throws IOException {
        this.folder = folder;
        this.validation = validation;
        if (Files.exists(file(Split.TRAIN)))
            throw new IllegalArgumentException(file(Split.TRAIN) + " is there already; name another folder, or delete it.");
        if (Files.isDirectory(folder)) deleteLeftOvers();
        for (var split : Split.values()) {
            files.put(split, PendingFile.beside(file(split)));
            documents.put(split, 0L);
        }
    }

    /** What a killed run has left. */
    private void deleteLeftOvers() throws IOException {
        try (var all = Files.list(folder)) {
            for (var left : all.filter(f -> f.getFileName().toString().matches("\\.(train|validation)\\.jsonl\\.gz\\.[-0-9a-f]+\\.part"))
                    .toList())
                Files.delete(left);
        }
    }

    private Path file(Split split) {
        return folder.resolve(split.label() + ".jsonl.gz");
    }

    @Override
    public Write ready(List<Kept> batch) {
        var packed = new EnumMap<Split, ByteArrayOutputStream>(Split.class);
        var counts = new EnumMap<Split, Long>(Split.class);
        try {
            var open = new EnumMap<Split, OutputStream>(Split.class);
            for (var document : batch) {
                var split = Split.of(Split.hash(document.text()), validation);
                if (!open.containsKey(split)) {
                    packed.put(split, new ByteArrayOutputStream());
                    open.put(split, new GZIPOutputStream(packed.get(split), 1 << 16));
                }
                line(document, open.get(split));
                counts.merge(split, 1L, Long::sum);
            }
            for (var out : open.values()) out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot be written to.", e);
        }
        return () -> {
            for (var part : packed.entrySet()) {
                write(files.get(part.getKey()).channel(), ByteBuffer.wrap(part.getValue().toByteArray()));
                documents.merge(part.getKey(), counts.get(part.getKey()), Long::sum);
            }
        };
    }

    private static void line(Kept document, OutputStream out) throws IOException {
        try (var json = JSON.createGenerator(out, JsonEncoding.UTF8).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeStringField("text", document.text());
            json.writeStringField("source", document.place());
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public Written written() {
        return new Written(documents.get(Split.TRAIN), documents.get(Split.VALIDATION), 0, 0);
    }

    @Override
    public void finish() throws IOException {
        files.get(Split.VALIDATION).moveTo(file(Split.VALIDATION));
        files.get(Split.TRAIN).moveTo(file(Split.TRAIN)); // the last: with it the folder is whole
    }

    @Override
    public void close() throws IOException {
        for (var file : files.values()) file.close();
    }
}
