package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.weights.GgmlType;
import dev.parley.weights.GgufWriter;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a model folder as one GGUF file, tokenizer and chat template inside, as llama.cpp and Ollama run it. */
public final class GgufExport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private GgufExport() {}

    /** @param type of the matrices; norms and biases are float32 */
    public static void write(Path folder, Path file, GgmlType type) throws IOException {
        var config = ConfigFile.ofFolder(folder);
        var parameters = new Parameters();
        var network = new Transformer(parameters, config);
        try (var source = WeightFiles.open(folder)) {
            var loader = new WeightLoader(source, parameters, config);
            loader.check();
            var tensors = new ArrayList<GgufWriter.Tensor>();
            for (var parameter : parameters.all()) tensors.add(tensor(config, source, loader, parameter, type));
            if (config.family() == Family.GPT2) tensors.add(tensors.getFirst().named("output.weight")); // older llama.cpp does not tie GPT-2's head
            ropeFactors(config).ifPresent(tensors::add);
            GgufWriter.write(file, metadata(folder, config, type), tensors);
        }
        assert network.head() != null;
    }

    private static GgufWriter.Tensor tensor(ModelConfig config, WeightSource source, WeightLoader loader, Parameters.Parameter parameter, GgmlType type) {
        var name = loader.nameInFile(parameter);
        var shape = parameter.shape();
        var bytes = source.bytes(name);
        var dtype = source.info(name).dtype();
        var ggufName = GgufNames.of(config.family(), parameter.name());
        var interleaved = GgufNames.interleaved(config.family(), parameter.name());
        if (shape.length == 1) {
            var rows = new FileRows(bytes, dtype, (int) shape[0], 1, false);
            return new GgufWriter.Tensor(ggufName, GgmlType.F32, 1, (int) shape[0], true, (first, count, into) -> {
                for (int i = 0; i < shape[0]; i++) rows.read(interleaved ? GgufNames.rowInModel(i, config.headDim()) : i, 1, into, 0, i);
            });
        }
        var inOut = parameter.use() == Parameters.Use.MATRIX_IN_OUT;
        int outs = (int) shape[inOut ? 1 : 0], ins = (int) shape[inOut ? 0 : 1];
        var rows = new FileRows(bytes, dtype, outs, ins, inOut);
        // Rows that are not whole blocks, and the few numbers of positions, stay plain, as llama.cpp's own tool has it.
        var plain = ins % type.blockSize() != 0 || parameter.use() == Parameters.Use.TABLE && config.rope().isEmpty() && parameter.name().contains(WeightNames.POSITIONS);
        return new GgufWriter.Tensor(ggufName, plain ? GgmlType.F32 : type, outs, ins, false, (first, count, into) -> {
            if (!interleaved) rows.read(first, count, into, ins);
            else for (int i = 0; i < count; i++) rows.read(GgufNames.rowInModel(first + i, config.headDim()), 1, into, ins, i * ins);
        });
    }

    /** Llama 3's stretching: what each frequency is divided by. */
    private static Optional<GgufWriter.Tensor> ropeFactors(ModelConfig config) {
        if (config.rope().isEmpty() || !(config.rope().get().scaling() instanceof Rope.Llama3)) return Optional.empty();
        double[] stretched = config.rope().get().frequencies(config.headDim(), 0), plain = Rope.plain(config.rope().get().theta()).frequencies(config.headDim(), 0);
        return Optional.of(new GgufWriter.Tensor("rope_freqs.weight", GgmlType.F32, 1, plain.length, true, (first, count, into) -> {
            for (int i = 0; i < plain.length; i++) into[i] = (float) (plain[i] / stretched[i]);
        }));
    }

    private static Map<String, Object> metadata(Path folder, ModelConfig c, GgmlType type) throws IOException {
        var arch = GgufNames.architecture(c.family());
        var m = new LinkedHashMap<String, Object>();
        m.put("general.architecture", arch);
        m.put("general.name", String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        m.put("general.file_type", switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 7;
            default -> 32;
        });
        m.put(arch + ".vocab_size", c.vocabSize());
        m.put(arch + ".context_length", c.maxPositionEmbeddings());
        m.put(arch + ".embedding_length", c.hiddenSize());
        m.put(arch + ".block_count", c.numHiddenLayers());
        m.put(arch + ".feed_forward_length", c.intermediateSize());
        m.put(arch + ".attention.head_count", c.numAttentionHeads());
        m.put(arch + ".attention.head_count_kv", c.numKeyValueHeads());
        m.put(arch + ".attention.layer_norm_" + (c.family().layerNorm() ? "epsilon" : "rms_epsilon"), (float) c.normEpsilon());
        if (c.rope().isPresent()) rope(m, arch, c);
        var window = c.layers().getFirst().slidingWindow();
        if (window > 0) m.put(arch + ".attention.sliding_window", window);
        var tokenizer = tokenizer(folder);
        if (tokenizer.isPresent()) GgufTokenizer.write(m, folder, tokenizer.get(), c);
        else m.put("tokenizer.ggml.model", "no_vocab");
        return m;
    }

    /** The folder's tokenizer as a tokenizer.json, made from its older files where it has only these. */
    private static Optional<JsonNode> tokenizer(Path folder) throws IOException {
        var file = folder.resolve("tokenizer.json");
        if (Files.exists(file)) return Optional.of(JSON.readTree(file.toFile()));
        if (!Tokenizer.isIn(folder)) return Optional.empty();
        var made = Files.createTempDirectory("parley-tokenizer");
        try {
            Tokenizer.load(folder).save(made);
            return Optional.of(JSON.readTree(made.resolve("tokenizer.json").toFile()));
        } finally {
            try (var files = Files.list(made)) {
                for (var each : files.toList()) Files.delete(each);
            }
            Files.delete(made);
        }
    }

    private static void rope(Map<String, Object> m, String arch, ModelConfig c) {
        var rope = c.rope().orElseThrow();
        m.put(arch + ".rope.freq_base", (float) rope.theta());
        m.put(arch + ".rope.dimension_count", c.headDim());
        m.put(arch + ".attention.key_length", c.headDim());
        m.put(arch + ".attention.value_length", c.headDim());
        switch (rope.scaling()) {
            case Rope.Default _, Rope.Llama3 _ -> { }
            case Rope.Linear s -> {
                m.put(arch + ".rope.scaling.type", "linear");
                m.put(arch + ".rope.scaling.factor", (float) s.factor());
            }
            case Rope.Yarn s -> {
                m.put(arch + ".rope.scaling.type", "yarn");
                m.put(arch + ".rope.scaling.factor", (float) s.factor());
                m.put(arch + ".rope.scaling.original_context_length", s.originalMax());
            }
            case Rope.Dynamic _ -> throw new ModelException("GGUF has no dynamic rope_scaling.");
        }
    }

    /** Texts of a JSON array. */
    static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(t -> texts.add(t.asText()));
        return texts;
    }
}
