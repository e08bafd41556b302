package dev.parley.cli;

import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model to run, and how. */
public final class ModelOptions {

    @Option(names = "--model", required = true, paramLabel = "DIR|ORG/NAME",
            description = "A model folder or .gguf file, or a model of the hub, org/name, org/name:QUANT or org/name@revision, "
                    + "downloaded on first use.")
    String name;

    private Path folder;

    @Mixin
    EngineOptions engine;

    /** Finds the model that was named; downloads it where that is needed. To be called before the others. */
    public void find(Output output) {
        folder = Downloads.model(name, output);
    }

    /** The model's folder on this machine. */
    public Path folder() {
        return folder;
    }

    /** Loads the model. */
    public CausalLM load() {
        return engine.load(folder);
    }

    /** The folder's tokenizer, if it has one. */
    public Optional<Tokenizer> tokenizer() {
        return EngineOptions.tokenizer(folder);
    }

    /** The folder's tokenizer; a folder without one is refused. */
    public Tokenizer requireTokenizer() {
        return EngineOptions.requireTokenizer(folder);
    }

    /** The options that say how it is run. */
    public EngineOptions engine() {
        return engine;
    }

    /** What changes a model's scores: its name, its size and age on the disk, and how it is computed. */
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("model", name);
        try (var files = Files.walk(folder)) {
            var regular = files.filter(Files::isRegularFile).map(Path::toFile).toList();
            settings.put("model_bytes", String.valueOf(regular.stream().mapToLong(File::length).sum()));
            settings.put("model_modified", Instant.ofEpochMilli(regular.stream().mapToLong(File::lastModified).max().orElse(0)).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
        settings.putAll(engine.settings());
        return settings;
    }
}
