package dev.parley.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWeights;
import dev.parley.weights.GgufWeights.View;
import dev.parley.files.DurableFile;
import dev.parley.files.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A GGUF file as a model: its settings as a config, its tensors under the names that the config's family gives them. */
public final class GgufImport {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Stretchings of Llama 3 that are published: GGUF keeps what they make of the frequencies, and not what they are. */
    private static final double[] LLAMA3_FACTORS = {8, 32, 2, 4, 16};

    private GgufImport() {}

    /** True of a file that is called so. */
    public static boolean isGguf(Path file) {
        return file.toString().endsWith(".gguf") && Files.isRegularFile(file);
    }

    /** How a model's matrices are best kept: in as many bits as most of a GGUF file's numbers have; empty where those are whole floats, or it is no such file. */
    public static Optional<WeightType> weightType(Path file) throws IOException {
        if (!isGguf(file)) return Optional.empty();
        try (var gguf = Gguf.open(file)) {
            var numbers = new EnumMap<GgmlType, Long>(GgmlType.class);
            for (var tensor : gguf.tensors().values()) numbers.merge(tensor.type(), tensor.elements(), Long::sum);
            return numbers.entrySet().stream().max(Map.Entry.comparingByValue()).flatMap(most -> switch (most.getKey()) {
                case Q8_0, Q6_K, Q5_0, Q5_1, Q5_K -> Optional.of(WeightType.INT8);
                case Q4_0, Q4_1, Q4_K, IQ4_NL, IQ4_XS, Q3_K, Q2_K -> Optional.of(WeightType.INT4);
                case F32, F16, BF16 -> Optional.empty();
            });
        }
    }

    /**
     * The config that a file says.
     *
     * @throws ModelException if it is of no known family, or holds a setting that this code does not honour
     */
    static ModelConfig config(Gguf gguf) {
        var m = new Settings(gguf);
        var arch = m.text("general.architecture");
        var json = JSON.createObjectNode();
        json.put("vocab_size", m.rows("token_embd.weight")).put("tie_word_embeddings", true);
        m.whole("tokenizer.ggml.bos_token_id").ifPresent(id -> json.put("bos_token_id", id));
        m.whole("tokenizer.ggml.eos_token_id").ifPresent(id -> json.put("eos_token_id", id));
        switch (arch) {
            case "gpt2" -> json.put("model_type", "gpt2").put("n_positions", m.need(arch + ".context_length")).put("n_embd", m.need(arch + ".embedding_length"))
                    .put("n_layer", m.need(arch + ".block_count")).put("n_head", m.need(arch + ".attention.head_count"))
                    .put("n_inner", m.need(arch + ".feed_forward_length")).put("layer_norm_epsilon", m.number(arch + ".attention.layer_norm_epsilon", 1e-5));
            case "llama", "qwen2", "qwen3" -> llama(m, arch, json);
            default -> throw new ModelException(gguf.file() + ": general.architecture \"" + arch + "\" is not known; Parley reads gpt2, llama, qwen2 and qwen3.");
        }
        return ConfigFile.of(gguf.file().toString(), json);
    }

    private static void llama(Settings m, String arch, ObjectNode json) {
        var window = m.whole(arch + ".attention.sliding_window").orElse(0L);
        int heads = m.need(arch + ".attention.head_count"), hidden = m.need(arch + ".embedding_length");
        var headDim = m.whole(arch + ".attention.key_length").orElse((long) hidden / Math.max(1, heads));
        json.put("model_type", arch.equals("llama") && window > 0 ? "mistral" : arch).put("max_position_embeddings", m.need(arch + ".context_length"))
                .put("hidden_size", hidden).put("num_hidden_layers", m.need(arch + ".block_count")).put("num_attention_heads", heads)
                .put("num_key_value_heads", m.whole(arch + ".attention.head_count_kv").orElse((long) heads)).put("head_dim", headDim)
                .put("intermediate_size", m.need(arch + ".feed_forward_length")).put("rms_norm_eps", m.number(arch + ".attention.layer_norm_rms_epsilon", 1e-6))
                .put("rope_theta", m.number(arch + ".rope.freq_base", 10_000)).put("tie_word_embeddings", !m.has("output.weight"));
        if (arch.equals("llama")) json.put("attention_bias", m.has("blk.0.attn_q.bias")).put("mlp_bias", m.has("blk.0.ffn_up.bias"));
        if (window > 0) json.put("sliding_window", window).put("use_sliding_window", true).put("max_window_layers", 0);
        if (m.whole(arch + ".rope.dimension_count").orElse(headDim) != (long) headDim) throw m.fault(arch + ".rope.dimension_count", "the size of a head, " + headDim);
        scaling(m, arch, json, headDim.intValue());
    }

    private static void scaling(Settings m, String arch, ObjectNode json, int headDim) {
        var type = m.has("rope_freqs.weight") ? "llama3" : m.textOr(arch + ".rope.scaling.type", "none");
        switch (type) {
            case "none" -> { }
            case "linear" -> json.putObject("rope_scaling").put("rope_type", "linear").put("factor", m.number(arch + ".rope.scaling.factor", 1));
            case "yarn" -> json.putObject("rope_scaling").put("rope_type", "yarn").put("factor", m.number(arch + ".rope.scaling.factor", 1))
                    .put("original_max_position_embeddings", m.need(arch + ".rope.scaling.original_context_length"));
            case "llama3" -> llama3(m, json, headDim);
            default -> throw m.fault(arch + ".rope.scaling.type", "none, linear or yarn");
        }
    }

    private static void llama3(Settings m, ObjectNode json, int headDim) {
        var divisors = new float[headDim / 2];
        var tensor = m.gguf.tensors().get("rope_freqs.weight");
        if (tensor.elements() != divisors.length) throw new ModelException(m.gguf.file() + ": rope_freqs.weight has not half a head's numbers.");
        tensor.type().widen(tensor.bytes(), 0, divisors.length, divisors, 0);
        var theta = json.path("rope_theta").asDouble();
        for (var factor : LLAMA3_FACTORS) {
            for (var original : new int[] {8192, 32, json.path("max_position_embeddings").asInt()}) {
                double[] plain = Rope.plain(theta).frequencies(headDim, 0), stretched = new Rope(theta, new Rope.Llama3(factor, 1, 4, original)).frequencies(headDim, 0);
                var same = true;
                for (int i = 0; i < divisors.length; i++) same &= Math.abs(plain[i] / stretched[i] - divisors[i]) < 1e-3 * divisors[i];
                if (same) {
                    json.putObject("rope_scaling").put("rope_type", "llama3").put("factor", factor).put("low_freq_factor", 1.0).put("high_freq_factor", 4.0)
                            .put("original_max_position_embeddings", original);
                    return;
                }
            }
        }
        throw new ModelException(m.gguf.file() + ": rope_freqs.weight stretches positions in a way that is not known.");
    }

    /** The file's tensors as the parameters of the config's family. */
    static GgufWeights weights(Gguf gguf, ModelConfig config) {
        var views = new LinkedHashMap<String, View>();
        var parameters = new Parameters();
        var head = new Transformer(parameters, config).head();
        for (var parameter : parameters.all()) {
            var tensor = gguf.tensors().get(GgufNames.of(config.family(), parameter.name()));
            if (tensor == null) continue; // the loader lists what is missing
            var reordered = GgufNames.interleaved(config.family(), parameter.name());
            views.put(parameter.name(), new View(tensor, parameter.use() == Parameters.Use.MATRIX_IN_OUT,
                    reordered ? row -> GgufNames.rowInGguf(row, config.headDim()) : row -> row, reordered));
        }
        assert head != null;
        return new GgufWeights(gguf, views);
    }

    /** The tokenizer inside a file, with its chat template. @throws ModelException if it is of a kind that is not read */
    public static Tokenizer tokenizer(Path file) throws IOException {
        var folder = Files.createTempDirectory("parley-tokenizer");
        try {
            writeTokenizer(file, folder);
            return Tokenizer.load(folder);
        } finally {
            FolderTree.delete(folder);
        }
    }

    /** Writes the tokenizer and the chat template of a file into a folder, as Hugging Face's files. */
    public static void writeTokenizer(Path file, Path folder) throws IOException {
        try (var gguf = Gguf.open(file)) {
            var writer = JSON.writerWithDefaultPrettyPrinter();
            DurableFile.write(folder.resolve("tokenizer.json"), writer.writeValueAsString(GgufTokenizer.read(gguf)) + "\n");
            var m = new Settings(gguf);
            var config = JSON.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast").put("clean_up_tokenization_spaces", false);
            var tokens = gguf.texts("tokenizer.ggml.tokens");
            for (var role : new String[] {"bos", "eos"}) {
                m.whole("tokenizer.ggml." + role + "_token_id").filter(id -> id >= 0 && id < tokens.size())
                        .ifPresent(id -> config.put(role + "_token", tokens.get(id.intValue())));
            }
            if (gguf.metadata().get("tokenizer.chat_template") instanceof String template) {
                config.put("chat_template", template);
                DurableFile.write(folder.resolve("chat_template.jinja"), template);
            }
            DurableFile.write(folder.resolve("tokenizer_config.json"), writer.writeValueAsString(config) + "\n");
        }
    }

    /** Settings, each of its kind. */
    private record Settings(Gguf gguf) {

        String text(String key) {
            if (gguf.metadata().get(key) instanceof String text) return text;
            throw fault(key, "a string");
        }

        String textOr(String key, String byDefault) {
            return gguf.metadata().containsKey(key) ? text(key) : byDefault;
        }

        Optional<Long> whole(String key) {
            var value = gguf.metadata().get(key);
            if (value == null) return Optional.empty();
            if (value instanceof Long n) return Optional.of(n);
            throw fault(key, "a whole number");
        }

        int need(String key) {
            var value = whole(key).orElseThrow(() -> fault(key, "a whole number"));
            if (value < 0 || value > Integer.MAX_VALUE) throw fault(key, "a number of this world");
            return value.intValue();
        }

        double number(String key, double byDefault) {
            var value = gguf.metadata().get(key);
            if (value == null) return byDefault;
            if (value instanceof Double x) return new java.math.BigDecimal(Float.toString(x.floatValue())).doubleValue(); // as it was written
            throw fault(key, "a number");
        }

        boolean has(String tensor) {
            return gguf.tensors().containsKey(tensor);
        }

        long rows(String tensor) {
            var entry = gguf.tensors().get(tensor);
            if (entry == null || entry.shape().length != 2) throw new ModelException(gguf.file() + ": the tensor " + tensor + " is missing.");
            return entry.shape()[0];
        }

        ModelException fault(String key, String wanted) {
            var value = String.valueOf(gguf.metadata().get(key));
            return new ModelException(gguf.file() + ": " + key + " is " + (value.length() > 60 ? value.substring(0, 60) + "…" : value) + " where " + wanted + " is needed.");
        }
    }
}
