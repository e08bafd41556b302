package dev.parley.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.files.FolderTree;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWeights;
import dev.parley.weights.GgufWeights.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A GGUF file as a model: its settings as a config, its tensors under the names of the config's blueprint. */
public final class GgufImport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private GgufImport() {}

    /** True of a file that is called so. */
    public static boolean isGguf(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".gguf") && Files.isRegularFile(file);
    }

    /** How a file's matrices are kept where nobody says otherwise, as {@link ModelFiles#weightType}. */
    static Optional<WeightType> weightType(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            var numbers = new EnumMap<GgmlType, Long>(GgmlType.class);
            for (var tensor : gguf.tensors().values()) numbers.merge(tensor.type(), tensor.elements(), Long::sum);
            return numbers.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).flatMap(GgufImport::held);
        }
    }

    /** With the numbers that blocks of a type have, or, where registers are too short for that, in strips of about as many bits. */
    static Optional<WeightType> held(GgmlType type) {
        if (type.blockSize() > 1 && BlockMatrix.isSupported()) return Optional.of(WeightType.AS_STORED);
        return switch (type) {
            case Q8_0, Q8_K, Q6_K, Q5_0, Q5_1, Q5_K -> Optional.of(WeightType.INT8);
            case Q4_0, Q4_1, Q4_K, MXFP4, IQ4_NL, IQ4_XS, Q3_K, Q2_K -> Optional.of(WeightType.INT4);
            case F32, F16, BF16 -> Optional.empty();
        };
    }

    /**
     * The config that a file says.
     *
     * @throws ModelException if it is of no known family, or holds a setting that this code does not honour
     */
    static ModelConfig config(Gguf gguf) {
        var m = new GgufSettings(gguf);
        var family = Family.all().stream().filter(f -> f.recognises(m)).findFirst().orElseThrow(() -> new ModelException(
                gguf.file() + ": general.architecture \"" + m.architecture() + "\" is not known; Parley reads " + architectures() + "."));
        var json = family.readGguf(m).put("model_type", family.modelType()).put("vocab_size", m.rows("token_embd.weight"));
        m.wholeAt("tokenizer.ggml.bos_token_id").ifPresent(id -> json.put("bos_token_id", id));
        m.wholeAt("tokenizer.ggml.eos_token_id").ifPresent(id -> json.put("eos_token_id", id));
        return ConfigFile.of(gguf.file().toString(), json);
    }

    private static String architectures() {
        return Family.all().stream().flatMap(f -> f.ggufArchitecture().stream()).distinct().collect(Collectors.joining(", "));
    }

    /** The file's tensors as the weights of the config's network. */
    static GgufWeights weights(Gguf gguf, ModelConfig config) {
        var views = new LinkedHashMap<String, View>();
        for (var weight : config.blueprint().weights()) {
            var tensor = gguf.tensors().get(weight.ggufName());
            if (tensor == null) continue; // the loader lists what is missing
            views.put(weight.name(),
                    new View(tensor, weight.isInOut(), weight::rowInGguf, !weight.ggufRows().equals(WeightSpec.RowOrder.SAME),
                            (float) weight.ggufOffset(), tensor.shape().length > weight.dimensions().size() ? weight.ggufSlice() : -1));
        }
        return new GgufWeights(gguf, views);
    }

    /**
     * The tokenizer inside a file, with its chat template.
     *
     * @param file in GGUF
     * @return the tokenizer
     * @throws ModelException if it is of a kind that is not read
     * @throws IOException if the file cannot be read
     */
    public static Tokenizer tokenizer(Path file) throws IOException {
        var folder = Files.createTempDirectory("parley-tokenizer");
        try {
            writeTokenizer(file, folder);
            return Tokenizer.load(folder);
        } finally {
            FolderTree.delete(folder);
        }
    }

    /**
     * Writes the tokenizer and the chat template of a file into a folder, as Hugging Face's files.
     *
     * @param file in GGUF
     * @param folder made if there is none; files of these names are replaced
     * @throws ModelException if the tokenizer is of a kind that is not read
     * @throws IOException if a file cannot be read or written
     */
    public static void writeTokenizer(Path file, Path folder) throws IOException {
        try (var gguf = Gguf.open(file)) {
            var writer = JSON.writerWithDefaultPrettyPrinter();
            DurableFile.write(folder.resolve("tokenizer.json"), writer.writeValueAsString(GgufTokenizer.read(gguf)) + "\n");
            var m = new GgufSettings(gguf);
            var config = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast").put("clean_up_tokenization_spaces",
                    false);
            var tokens = gguf.texts("tokenizer.ggml.tokens");
            for (var role : new String[] {"bos", "eos"}) {
                m.wholeAt("tokenizer.ggml." + role + "_token_id").filter(id -> id >= 0 && id < tokens.size())
                        .ifPresent(id -> config.put(role + "_token", tokens.get(id.intValue())));
            }
            if (gguf.metadata().get("tokenizer.chat_template") instanceof String template) {
                config.put("chat_template", template);
                DurableFile.write(folder.resolve("chat_template.jinja"), template);
            }
            DurableFile.write(folder.resolve("tokenizer_config.json"), writer.writeValueAsString(config) + "\n");
        }
    }
}
