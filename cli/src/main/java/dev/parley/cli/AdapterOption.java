package dev.parley.cli;

import dev.parley.model.Adapter;
import dev.parley.model.CausalLM;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names an adapter beside a model. */
final class AdapterOption {

    @Option(names = "--adapter", paramLabel = "FOLDER",
            description = "A LoRA adapter of the model, in PEFT's layout: adapter_config.json and adapter_model.safetensors.")
    private Path folder;

    /** The adapter in memory, if one is named. */
    Optional<Adapter> load(CausalLM model) {
        return Optional.ofNullable(folder).map(model::loadAdapter);
    }
}
