package dev.parley.cli;

import dev.parley.generate.GenerationConfig;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.tensor.DType;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options that say how a model is run. */
final class EngineOptions {

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "auto",
            description = "Type of numbers: auto, float32, bfloat16. auto takes bfloat16 where this CPU computes it fast. Default: ${DEFAULT-VALUE}.")
    Precision dtype;

    @Option(names = "--quantize", paramLabel = "TYPE", defaultValue = "none",
            description = "Keep the weights in fewer bits: none, int8, int4. Default: ${DEFAULT-VALUE}.")
    Quantize quantize;

    @Option(names = "--engine", paramLabel = "ENGINE", defaultValue = "auto",
            description = "What computes: auto, java (our kernels alone, no native library), torch. Default: ${DEFAULT-VALUE}.")
    Backend engine;

    /** Values of {@code --quantize}. */
    enum Quantize {
        NONE, INT8, INT4
    }

    /** Values of {@code --dtype}. */
    enum Precision {
        AUTO, FLOAT32, BFLOAT16;

        DType dtype() {
            return switch (this) {
                case AUTO -> Engine.computeType();
                case FLOAT32 -> DType.FLOAT32;
                case BFLOAT16 -> DType.BFLOAT16;
            };
        }
    }

    CausalLM load(Path folder) {
        var type = switch (quantize) {
            case NONE -> WeightType.of(dtype.dtype());
            case INT8 -> WeightType.INT8;
            case INT4 -> WeightType.INT4;
        };
        return CausalLM.fromPretrained(folder, type, dtype.dtype(), engine);
    }

    /** The folder's tokenizer, if it has one. */
    static Optional<Tokenizer> tokenizer(Path folder) {
        var has = Stream.of("tokenizer.json", "vocab.json", "encoder.json").anyMatch(name -> Files.exists(folder.resolve(name)));
        return has ? Optional.of(Tokenizer.load(folder)) : Optional.empty();
    }

    static Tokenizer requireTokenizer(Path folder) {
        return tokenizer(folder).orElseThrow(() -> new IllegalArgumentException(folder + " has no tokenizer; give token ids by --ids."));
    }

    /** Ends at the tokens that the model and its tokenizer call ends, where generation_config.json names none. */
    static GenerationConfig withEnds(GenerationConfig config, CausalLM model, Optional<Tokenizer> tokenizer) {
        if (!config.eosTokenIds().isEmpty()) return config;
        var ends = new ArrayList<>(model.config().eosTokenIds());
        tokenizer.ifPresent(t -> t.eosTokenId().ifPresent(id -> {
            if (!ends.contains(id)) ends.add(id);
        }));
        return config.toBuilder().eosTokenIds(ends).build();
    }
}
