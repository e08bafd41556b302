package dev.parley.assist.automation;

import dev.parley.files.FileFault;
import dev.parley.files.Sha256;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the outputs of a run depend on, by name: hashes of table, template, model and schema, and the settings that differ from their
 * defaults. How many rows run at once is not among them, since it changes no output.
 */
public final class RunIdentity {

    static final String HASH = "sha256:";

    /** Bytes of a large file at its beginning and at its end that are read; weights that were trained further differ there too. */
    private static final int PART = 1 << 20;

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Nothing yet. */
    public RunIdentity() {}

    /** A setting that can be told as it is. */
    public RunIdentity value(String name, Object value) {
        values.put(name, String.valueOf(value));
        return this;
    }

    /** A text, by its hash. */
    public RunIdentity text(String name, String text) {
        values.put(name, HASH + Sha256.of(text));
        return this;
    }

    /** A file, by the hash of all its bytes. */
    public RunIdentity file(String name, Path file) {
        try {
            values.put(name, HASH + new Sha256().file(file).hex());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + FileFault.reason(e), e);
        }
        return this;
    }

    /**
     * A model, by the names, the sizes, and the beginnings and ends of its files.
     *
     * @param place a folder, or a file of GGUF
     */
    public RunIdentity model(String name, Path place) {
        var hash = new Sha256();
        try (var files = Files.isDirectory(place) ? Files.list(place) : Stream.of(place)) {
            for (var file : files.filter(Files::isRegularFile)
                    .filter(f -> f.toString().matches(".*\\.(json|jinja|safetensors|bin|gguf|model|txt)"))
                    .sorted().toList()) {
                hash.text(file.getFileName() + "\0" + Files.size(file) + "\0");
                ends(file, hash);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(place + " cannot be read: " + FileFault.reason(e), e);
        }
        values.put(name, HASH + hash.hex());
        return this;
    }

    private static void ends(Path file, Sha256 hash) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var head = new byte[(int) Math.min(PART, in.length())];
            in.readFully(head);
            hash.bytes(head);
            var tail = new byte[(int) Math.min(PART, in.length() - head.length)];
            in.seek(in.length() - tail.length);
            in.readFully(tail);
            hash.bytes(tail);
        }
    }

    /** The settings of generation that are not as they are by default. */
    public RunIdentity settings(GenerationConfig config) {
        for (var setting : GenerationSettings.all()) {
            var value = config.get(setting);
            if (!value.equals(setting.byDefault())) values.put(setting.name(), String.valueOf(value));
        }
        return this;
    }

    /** All of it, in the order in which it was named. */
    public Map<String, String> values() {
        return Collections.unmodifiableMap(values);
    }
}
