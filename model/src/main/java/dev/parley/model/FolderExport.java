package dev.parley.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import dev.parley.kernels.DType;
import dev.parley.weights.GgmlType;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes a model as a folder of safetensors in Hugging Face's layout, from any form that can be read: other weight files,
 * shards of another size, TensorFlow's forms of GPT-2, a GGUF file. Nothing is computed by libtorch.
 */
public final class FolderExport {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "config.json";
    private static final int NUMBERS_AT_ONCE = 1 << 18;
    private static final float BEYOND_FLOAT16 = 65_520; // rounds to infinity

    /** Files that are copied beside the weights, and their names in Hugging Face's layout. */
    private static final Map<String, String> COPIED = copied("generation_config.json", "tokenizer.json", "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json");

    private FolderExport() {}

    private static Map<String, String> copied(String... names) {
        var copied = new LinkedHashMap<String, String>();
        copied.put("encoder.json", "vocab.json"); // as OpenAI published them
        copied.put("vocab.bpe", "merges.txt");
        for (var name : names) copied.put(name, name);
        return copied;
    }

    /**
     * Writes the folder; what it held of another model's settings, tokenizer and safetensors goes. config.json is written last,
     * so that a conversion that was interrupted leaves no model.
     *
     * @param in a model folder or a GGUF file
     * @param dtype of all weights: float32, float16 or bfloat16; empty for each as it is in the file
     * @throws ModelException if the weights are not those of the config, or {@code out} is {@code in}
     */
    public static void write(Path in, Path out, Optional<DType> dtype, ShardSize largest) throws IOException {
        write(in, out, dtype, largest, blueprint -> Map.of());
    }

    /** Changes a weight on its way into the file. */
    interface Change {

        /** @param first of the numbers, row-major */
        void apply(float[] numbers, long first, int count);
    }

    /** The same with changes to some weights, by their names. */
    static void write(Path in, Path out, Optional<DType> dtype, ShardSize largest, Function<Blueprint, Map<String, Change>> changes)
            throws IOException {
        if (Files.exists(out) && Files.isSameFile(in, out)) throw new ModelException(out + " is the model itself; name another folder.");
        try (var files = ModelFiles.open(in)) {
            var loader = new WeightLoader(files.weights(), files.config().blueprint());
            loader.check();
            var changed = changes.apply(files.config().blueprint());
            removeSettings(out);
            Files.createDirectories(out);
            if (GgufImport.isGguf(in)) GgufImport.writeTokenizer(in, out);
            else copySettings(in, out);
            SafetensorsFolder.write(out, tensors(loader, dtype, changed), largest);
            writeConfig(in.resolve(CONFIG), files.config(), dtype, out.resolve(CONFIG));
        }
    }

    // ---- weights ----

    private static List<TensorData> tensors(WeightLoader loader, Optional<DType> dtype, Map<String, Change> changes) {
        var tensors = new LinkedHashMap<WeightSpec, TensorData>();
        for (var weight : loader.blueprint().weights()) {
            var nameInFile = loader.nameInFile(weight);
            var from = loader.source().info(nameInFile).dtype();
            var to = dtype.orElse(from);
            tensors.put(weight, new TensorData(weight.name(), to, weight.shape(), sink -> {
                var change = Optional.ofNullable(changes.get(weight.name()));
                try (var arena = Arena.ofShared()) { // of one weight at a time: experts may have to be unpacked
                    var bytes = loader.source().bytes(nameInFile, arena);
                    if (from == to && change.isEmpty()) sink.write(bytes);
                    else converted(loader.source(), nameInFile, bytes, to, change).writeTo(sink);
                }
            }));
        }
        return WeightSpec.inFiles(tensors);
    }

    private static TensorData.Content converted(WeightSource source, String name, MemorySegment bytes, DType to, Optional<Change> change) {
        var type = switch (to) {
            case FLOAT32 -> GgmlType.F32;
            case FLOAT16 -> GgmlType.F16;
            case BFLOAT16 -> GgmlType.BF16;
            default -> throw new ModelException("Weights can be written in float32, float16 and bfloat16, not in " + to + ".");
        };
        return sink -> {
            var elements = source.info(name).elements();
            var width = source.info(name).dtype().bytes();
            var wide = new float[(int) Math.min(NUMBERS_AT_ONCE, elements)];
            try (var arena = Arena.ofConfined()) {
                var narrow = arena.allocate(type.bytes(wide.length), 8);
                for (long at = 0; at < elements; at += wide.length) {
                    var count = (int) Math.min(wide.length, elements - at);
                    new FileRows(bytes.asSlice(at * width, (long) count * width), source.info(name).dtype(), 1, count, false).read(0, 1,
                            wide, count);
                    if (change.isPresent()) change.get().apply(wide, at, count);
                    if (to == DType.FLOAT16) requireFits(name, wide, count);
                    type.narrow(wide, 0, count, narrow, 0);
                    sink.write(narrow.asSlice(0, type.bytes(count)));
                }
            }
        };
    }

    private static void requireFits(String name, float[] numbers, int count) {
        for (int i = 0; i < count; i++) {
            if (Float.isFinite(numbers[i]) && Math.abs(numbers[i]) >= BEYOND_FLOAT16) {
                throw new ModelException(
                        "Tensor \"" + name + "\" has the number " + numbers[i] + ", which is too large for float16; bfloat16 holds it.");
            }
        }
    }

    // ---- what lies beside them ----

    private static void removeSettings(Path out) throws IOException {
        if (!Files.isDirectory(out)) return;
        Files.deleteIfExists(out.resolve(CONFIG));
        for (var family : Family.all()) {
            if (family.otherConfigFile().isPresent()) Files.deleteIfExists(out.resolve(family.otherConfigFile().get()));
        }
        for (var name : COPIED.keySet()) Files.deleteIfExists(out.resolve(name));
    }

    private static void copySettings(Path in, Path out) throws IOException {
        for (var file : COPIED.entrySet()) {
            if (!Files.isRegularFile(in.resolve(file.getKey()))) continue;
            DurableFile.write(out.resolve(file.getValue()),
                    channel -> Files.copy(in.resolve(file.getKey()), Channels.newOutputStream(channel)));
        }
    }

    /** The config as it was, but for the type of the weights; made from what was read where there was none. */
    private static void writeConfig(Path from, ModelConfig config, Optional<DType> dtype, Path to) throws IOException {
        var json = Files.isRegularFile(from) ? (ObjectNode) JSON.readTree(Files.readAllBytes(from)) : ConfigFile.json(config);
        json.remove("quantization_config"); // blocks were widened
        dtype.ifPresent(type -> json.put(json.has("dtype") ? "dtype" : "torch_dtype", type.name().toLowerCase(Locale.ROOT)));
        DurableFile.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
