package dev.parley.cli;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.GgufImport;
import dev.parley.model.ModelFiles;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that say how a model is run. */
public final class EngineOptions {

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "auto",
            description = "Number type: auto, float32, bfloat16. auto uses bfloat16 if this CPU computes it fast. Default: "
                    + "${DEFAULT-VALUE}.")
    Precision dtype;

    @Option(names = "--quantize", paramLabel = "TYPE", defaultValue = "auto",
            description = "Quantise the weights: auto, none, int8, int4, as_stored. auto leaves them as they are; as_stored, which is "
                    + "auto's choice for files in blocks (.gguf, MXFP4), computes with the numbers of the blocks. Default: ${DEFAULT-VALUE}.")
    Quantize quantize;

    @Option(names = "--engine", paramLabel = "ENGINE", defaultValue = "auto",
            description = "What computes: auto, java (the Java engine, no native library), torch (libtorch). Default: ${DEFAULT-VALUE}.")
    Backend engine;

    /** Values of {@code --quantize}. */
    enum Quantize {
        AUTO, NONE, INT8, INT4, AS_STORED
    }

    /** Values of {@code --dtype}. */
    enum Precision {
        AUTO, FLOAT32, BFLOAT16;

        DType dtype() {
            return switch (this) {
                case AUTO -> CpuFeatures.computeType();
                case FLOAT32 -> DType.FLOAT32;
                case BFLOAT16 -> DType.BFLOAT16;
            };
        }
    }

    /** As they are where nobody gives them. */
    static EngineOptions standard() {
        var options = new EngineOptions();
        options.dtype = Precision.AUTO;
        options.quantize = Quantize.AUTO;
        options.engine = Backend.AUTO;
        return options;
    }

    /** What of these options changes a score. */
    public Map<String, String> settings() {
        return new TreeMap<>(Map.of("dtype", dtype.dtype().name().toLowerCase(Locale.ROOT), "quantize",
                quantize.name().toLowerCase(Locale.ROOT), "engine",
                engine.name().toLowerCase(Locale.ROOT)));
    }

    /** Loads a model from its folder. */
    public CausalLM load(Path folder) {
        AdapterFolder.refuse(folder);
        return CausalLM.fromPretrained(folder, weightType(folder), dtype.dtype(), engine);
    }

    /** How a model's matrices are kept under these options. */
    public WeightType weightType(Path folder) {
        var wide = WeightType.of(dtype.dtype());
        return switch (quantize) {
            case AUTO -> ofFile(folder).orElse(wide);
            case NONE -> wide;
            case INT8 -> WeightType.INT8;
            case INT4 -> WeightType.INT4;
            case AS_STORED -> stored(folder);
        };
    }

    private static WeightType stored(Path file) {
        if (!hasBlocks(file))
            throw new IllegalArgumentException(
                    "--quantize as_stored is for models in blocks, as .gguf files are, and " + file + " is none.");
        if (!BlockMatrix.isSupported())
            throw new IllegalArgumentException("This machine's vector registers are too short to compute with GGUF's blocks; leave out "
                    + "--quantize as_stored.");
        return WeightType.AS_STORED;
    }

    private static boolean hasBlocks(Path model) {
        try {
            return ModelFiles.hasBlocks(model);
        } catch (IOException e) {
            throw new UncheckedIOException(model + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static Optional<WeightType> ofFile(Path file) {
        try {
            return ModelFiles.weightType(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The tokenizer of a folder, if it has one, or of a .gguf file. */
    static Optional<Tokenizer> tokenizer(Path folder) {
        if (GgufImport.isGguf(folder)) return Optional.of(tokenizerInside(folder));
        return Tokenizer.isIn(folder) ? Optional.of(Tokenizer.load(folder)) : Optional.empty();
    }

    private static Tokenizer tokenizerInside(Path file) {
        try {
            return GgufImport.tokenizer(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The tokenizer of a folder that must have one. */
    public static Tokenizer requireTokenizer(Path folder) {
        return tokenizer(folder).orElseThrow(() -> new IllegalArgumentException(folder + " has no tokenizer; give token ids with --ids."));
    }

    /** Ends at the tokens that the model and its tokenizer call ends, where generation_config.json names none. */
    public static GenerationConfig withEnds(GenerationConfig config, CausalLM model, Optional<Tokenizer> tokenizer) {
        if (!config.eosTokenIds().isEmpty()) return config;
        var ends = new ArrayList<>(model.config().eosTokenIds());
        tokenizer.ifPresent(t -> t.eosTokenId().ifPresent(id -> {
            if (!ends.contains(id)) ends.add(id);
        }));
        return config.toBuilder().eosTokenIds(ends).build();
    }
}
