package dev.parley.cli;

import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model to run, and how. */
public final class ModelOptions {

    @Option(names = "--model", required = true, paramLabel = "DIR|ORG/NAME",
            description = "A model folder, or a model of the hub, org/name or org/name@revision, downloaded on first use.")
    String name;

    private Path folder;

    @Mixin
    EngineOptions engine;

    /** Finds the model that was named; downloads it where that is needed. To be called before the others. */
    public void find(Output output) {
        folder = Downloads.model(name, output);
    }

    public Path folder() {
        return folder;
    }

    public CausalLM load() {
        return engine.load(folder);
    }

    /** The folder's tokenizer, if it has one. */
    public Optional<Tokenizer> tokenizer() {
        return EngineOptions.tokenizer(folder);
    }

    public Tokenizer requireTokenizer() {
        return EngineOptions.requireTokenizer(folder);
    }

    /** The options that say how it is run. */
    public EngineOptions engine() {
        return engine;
    }
}
