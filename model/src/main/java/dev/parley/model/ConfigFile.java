package dev.parley.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code config.json}, in and out. A setting that changes what a model computes is honoured or refused by name, so that a
 * model is never silently another.
 */
final class ConfigFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_FILE = 1 << 20;

    private ConfigFile() {}

    /** The config of a model folder: its config.json, else the hparams.json that OpenAI published GPT-2 with. */
    static ModelConfig ofFolder(Path folder) {
        var file = folder.resolve("config.json");
        if (Files.exists(file)) return read(file);
        var hparams = folder.resolve("hparams.json");
        if (!Files.exists(hparams)) throw new ModelException(folder + " has no config.json, so that it is no model folder.");
        return of(hparams.toString(), hparams(new Settings(hparams.toString(), json(hparams))));
    }

    static ModelConfig read(Path file) {
        return of(file.toString(), json(file));
    }

    private static JsonNode json(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) throw new ModelException(file + " is larger than a " + file.getFileName() + " can be (1 MiB).");
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** The config that a JSON object says. @param where to name in messages */
    static ModelConfig of(String where, JsonNode json) {
        var settings = new Settings(where, json);
        var type = settings.text("model_type", "");
        var family = Family.of(type).orElseThrow(() -> new ModelException(where + ": model_type "
                + (type.isEmpty() ? "is missing" : "\"" + type + "\" is not known") + "; Parley runs " + Family.known() + "."));
        try {
            var config = family == Family.GPT2 ? gpt2(settings) : llama(settings, family);
            settings.refuseUnread();
            return config;
        } catch (IllegalArgumentException e) {
            throw new ModelException(where + ": " + e.getMessage());
        }
    }

    private static ModelConfig gpt2(Settings s) {
        s.oneOf("activation_function", "gelu_new", "gelu_new", "gelu_pytorch_tanh");
        s.mustBe("tie_word_embeddings", true);
        s.mustBe("add_cross_attention", false);
        s.mustBe("is_encoder_decoder", false);
        var nEmbd = s.integer("n_embd", 768);
        var nHead = s.integer("n_head", 12);
        return new ModelConfig(Family.GPT2, s.integer("vocab_size", 50_257), s.integer("n_positions", 1024), nEmbd,
                s.layers(s.integer("n_layer", 12), i -> Layer.PLAIN), nHead, nHead, nEmbd / Math.max(1, nHead), s.integer("n_inner", 4 * nEmbd),
                s.number("layer_norm_epsilon", 1e-5), Optional.empty(), true, true, true, true,
                new Dropout(s.number("resid_pdrop", 0.1), s.number("embd_pdrop", 0.1), s.number("attn_pdrop", 0.1)),
                s.number("initializer_range", 0.02), s.flag("scale_attn_weights", true), s.flag("scale_attn_by_inverse_layer_idx", false),
                s.integer("bos_token_id", 50_256), s.integers("eos_token_id", 50_256));
    }

    private static ModelConfig llama(Settings s, Family family) {
        s.oneOf("hidden_act", "silu", "silu", "swish");
        s.oneOf("activation", "swiglu", "swiglu", "silu"); // Falcon3's folders say it once more
        s.mustBe("is_encoder_decoder", false);
        s.mustBe("add_cross_attention", false);
        s.mustBe("rope_interleaved", false);
        if (s.number("partial_rotary_factor", 1) != 1) throw s.wrong("partial_rotary_factor", "1");
        int hidden = s.integer("hidden_size", 4096), heads = s.integer("num_attention_heads", 32);
        int layers = s.integer("num_hidden_layers", 32), positions = s.integer("max_position_embeddings", 2048);
        var headDim = s.integer("head_dim", family == Family.QWEN3 ? 128 : hidden / Math.max(1, heads));
        var bias = s.flag("attention_bias", false);
        return new ModelConfig(family, s.integer("vocab_size", 32_000), positions, hidden, s.layers(layers, LayerSettings.of(s, family, layers)), heads,
                s.integer("num_key_value_heads", family == Family.MISTRAL ? 8 : heads), headDim, s.integer("intermediate_size", 11_008),
                s.number("rms_norm_eps", 1e-6), Optional.of(RopeSettings.of(s, positions)), bias || family == Family.QWEN2,
                bias && family != Family.QWEN2, s.flag("mlp_bias", false), s.flag("tie_word_embeddings", false),
                new Dropout(0, 0, s.number("attention_dropout", 0)), s.number("initializer_range", 0.02), true, false,
                s.integer("bos_token_id", -1), s.integers("eos_token_id", -1));
    }

    /** OpenAI's names for the sizes of GPT-2, in those of config.json. The vocabulary's last token is the end of a text. */
    private static ObjectNode hparams(Settings s) {
        var tokens = s.integer("n_vocab", 50_257);
        return JSON.createObjectNode().put("model_type", "gpt2").put("vocab_size", tokens).put("n_positions", s.integer("n_ctx", 1024))
                .put("n_embd", s.integer("n_embd", 768)).put("n_head", s.integer("n_head", 12)).put("n_layer", s.integer("n_layer", 12))
                .put("bos_token_id", tokens - 1).put("eos_token_id", tokens - 1);
    }

    // ---- writing ----

    static void write(ModelConfig config, Path file) throws IOException {
        DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(config)) + "\n");
    }

    /** What {@code config.json} says of a model. */
    static ObjectNode json(ModelConfig c) {
        var json = JSON.createObjectNode();
        json.put("model_type", c.family().modelType()).putArray("architectures").add(c.family().architecture());
        if (c.family() == Family.GPT2) gpt2(json, c);
        else llama(json, c);
        json.put("vocab_size", c.vocabSize()).put("initializer_range", c.initializerRange());
        if (c.bosTokenId() >= 0) json.put("bos_token_id", c.bosTokenId());
        if (c.eosTokenIds().size() == 1) json.put("eos_token_id", c.eosTokenIds().getFirst());
        else if (!c.eosTokenIds().isEmpty()) c.eosTokenIds().forEach(json.putArray("eos_token_id")::add);
        return json.put("tie_word_embeddings", c.tieWordEmbeddings()).put("torch_dtype", "float32");
    }

    private static void gpt2(ObjectNode json, ModelConfig c) {
        json.put("n_positions", c.maxPositionEmbeddings()).put("n_ctx", c.maxPositionEmbeddings()).put("n_embd", c.hiddenSize())
                .put("n_layer", c.numHiddenLayers()).put("n_head", c.numAttentionHeads()).put("n_inner", c.intermediateSize())
                .put("activation_function", "gelu_new").put("resid_pdrop", c.dropout().residual()).put("embd_pdrop", c.dropout().embedding())
                .put("attn_pdrop", c.dropout().attention()).put("layer_norm_epsilon", c.normEpsilon())
                .put("scale_attn_weights", c.scaleAttnWeights()).put("scale_attn_by_inverse_layer_idx", c.scaleAttnByInverseLayerIdx());
    }

    private static void llama(ObjectNode json, ModelConfig c) {
        json.put("max_position_embeddings", c.maxPositionEmbeddings()).put("hidden_size", c.hiddenSize())
                .put("num_hidden_layers", c.numHiddenLayers()).put("num_attention_heads", c.numAttentionHeads())
                .put("num_key_value_heads", c.numKeyValueHeads()).put("head_dim", c.headDim()).put("intermediate_size", c.intermediateSize())
                .put("hidden_act", "silu").put("rms_norm_eps", c.normEpsilon()).put("attention_dropout", c.dropout().attention());
        if (c.family() != Family.QWEN2) json.put("attention_bias", c.qkvBias());
        if (c.mlpBias() || c.family() == Family.LLAMA) json.put("mlp_bias", c.mlpBias());
        RopeSettings.write(c.rope().orElseThrow(), json);
        LayerSettings.write(c, json);
    }

    /** The values of a JSON object by name, each with transformers' default; those that were asked for are remembered. */
    static final class Settings {

        /**
         * What the names of settings begin with that change nothing that is computed here: a library's own notes, what else to give back,
         * and by which implementation.
         */
        private static final List<String> HARMLESS = List.of("_", "output_", "use_flash", "use_fused", "use_memory_efficient", "flash_attn", "summary_",
                "task_specific_params", "transformers", "torch_dtype", "dtype", "use_cache", "architectures", "n_ctx", "attn_implementation",
                "reorder_and_upcast_attn", "attention_softmax_in_fp32", "pretraining_tp", "max_window_layers", "use_sliding_window",
                "no_rope_layer_interval", "initializer_range", "pad_token_id");

        /** Words in the names of settings that change what is computed. */
        private static final List<String> SUSPECT = List.of("scal", "multiplier", "softcap", "norm", "rope", "rotary", "alibi", "attention", "attn", "window",
                "expert", "moe", "_act", "activation", "quantization", "compression", "layer_type", "bias", "clip_qkv");

        private final String where;
        private final JsonNode json;
        private final List<String> read = new ArrayList<>();

        Settings(String where, JsonNode json) {
            if (json == null || !json.isObject()) throw new ModelException(where + " does not hold a JSON object.");
            this.where = where;
            this.json = json;
        }

        /** Nested settings; empty where there is no object of that name. */
        Optional<Settings> inner(String name) {
            read.add(name);
            var node = json.path(name);
            if (node.isMissingNode() || node.isNull()) return Optional.empty();
            if (!node.isObject()) throw wrong(name, "an object");
            return Optional.of(new Settings(where + ", " + name, node));
        }

        boolean has(String name) {
            return json.hasNonNull(name);
        }

        JsonNode node(String name) {
            read.add(name);
            return json.path(name);
        }

        private boolean absent(String name) {
            var node = node(name);
            return node.isMissingNode() || node.isNull();
        }

        int integer(String name, int byDefault) {
            if (absent(name)) return byDefault;
            var node = json.path(name);
            if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(name, "a whole number");
            return node.intValue();
        }

        /** A number or a list of them; a default below 0 is none. */
        List<Integer> integers(String name, int byDefault) {
            if (!json.path(name).isArray()) {
                var one = integer(name, byDefault);
                return one < 0 ? List.of() : List.of(one);
            }
            read.add(name);
            var all = new ArrayList<Integer>();
            for (var node : json.path(name)) {
                if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(name, "whole numbers");
                all.add(node.intValue());
            }
            return all;
        }

        double number(String name, double byDefault) {
            if (absent(name)) return byDefault;
            if (!json.path(name).isNumber()) throw wrong(name, "a number");
            return json.path(name).doubleValue();
        }

        boolean flag(String name, boolean byDefault) {
            if (absent(name)) return byDefault;
            if (!json.path(name).isBoolean()) throw wrong(name, "true or false");
            return json.path(name).booleanValue();
        }

        String text(String name, String byDefault) {
            return absent(name) ? byDefault : json.path(name).asText();
        }

        void mustBe(String name, boolean value) {
            if (flag(name, value) != value) throw wrong(name, Boolean.toString(value));
        }

        void oneOf(String name, String byDefault, String... known) {
            if (!List.of(known).contains(text(name, byDefault))) throw wrong(name, String.join(" or ", known));
        }

        List<Layer> layers(int count, java.util.function.IntFunction<Layer> layer) {
            if (count < 1 || count > 1 << 12) throw new ModelException(where + ": " + count + " layers make no model.");
            var layers = new ArrayList<Layer>(count);
            for (int i = 0; i < count; i++) layers.add(layer.apply(i));
            return layers;
        }

        /** Fails on a setting that was not asked for and that may change what is computed. */
        void refuseUnread() {
            for (var property : json.properties()) {
                var name = property.getKey();
                var value = property.getValue();
                var saysNothing = value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainerNode() && value.isEmpty();
                if (saysNothing || read.contains(name) || HARMLESS.stream().anyMatch(name::startsWith)) continue;
                if (SUSPECT.stream().anyMatch(name::contains)) {
                    throw new ModelException(where + ": " + name + " is " + shown(value) + ", a setting that this version of Parley does not honour.");
                }
            }
        }

        private static String shown(JsonNode value) {
            var text = value.toString();
            return text.length() > 80 ? text.substring(0, 80) + "…" : text;
        }

        ModelException wrong(String name, String wanted) {
            return new ModelException(where + ": " + name + " is " + shown(json.path(name)) + "; this version of Parley needs " + wanted + ".");
        }
    }
}
