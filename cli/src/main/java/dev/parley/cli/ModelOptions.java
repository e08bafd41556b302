package dev.parley.cli;

import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model to run, and how. */
final class ModelOptions {

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder: config.json, weights, tokenizer.json.")
    Path folder;

    @Mixin
    EngineOptions engine;

    CausalLM load() {
        return engine.load(folder);
    }

    /** The folder's tokenizer, if it has one. */
    Optional<Tokenizer> tokenizer() {
        return EngineOptions.tokenizer(folder);
    }

    Tokenizer requireTokenizer() {
        return EngineOptions.requireTokenizer(folder);
    }
}
