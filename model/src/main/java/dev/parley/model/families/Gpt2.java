package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.EmbeddingSpec;
import dev.parley.model.Blueprint.HeadSpec;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.Family;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.AttentionShape;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.MlpShape;
import dev.parley.model.ModelConfig.Positions;
import dev.parley.model.ModelConfig.ScoreScaling;
import dev.parley.model.ModelConfig.SpecialTokens;
import dev.parley.model.ModelConfig.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Radford et al. 2019: layer norms, learned positions, a plain MLP with gelu, biases everywhere; matrices stored as (in, out). */
public record Gpt2() implements Family {

    private static final Map<String, String> NAMES = Map.of("max_position_embeddings", "n_positions", "hidden_size", "n_embd",
            "num_hidden_layers", "n_layer", "num_attention_heads", "n_head", "intermediate_size", "n_inner");

    /** A new model without dropout, the end of text being token 0. */
    public static ModelConfig config(int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead) {
        return new ModelConfig(new Gpt2(), vocabSize, nEmbd, Positions.learned(nPositions), Collections.nCopies(nLayer, Layer.PLAIN),
                heads(nEmbd, nHead, ScoreScaling.BY_SIZE), new MlpShape(4 * nEmbd, true), 1e-5, true, Training.PLAIN,
                SpecialTokens.one(0));
    }

    private static AttentionShape heads(int nEmbd, int nHead, ScoreScaling scaling) {
        if (nHead > 0 && nEmbd % nHead != 0) {
            throw new IllegalArgumentException(
                    "These values make no model: n_embd " + nEmbd + " is not a multiple of n_head " + nHead + ".");
        }
        return new AttentionShape(nHead, nHead, nEmbd / Math.max(1, nHead), true, true, scaling);
    }

    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public String architecture() {
        return "GPT2LMHeadModel";
    }

    @Override
    public String settingName(String name) {
        return NAMES.getOrDefault(name, name);
    }

    // ---- config.json ----

    @Override
    public ModelConfig read(ConfigSettings s) {
        s.oneOf("activation_function", "gelu_new", "gelu_new", "gelu_pytorch_tanh");
        s.mustBe("tie_word_embeddings", true);
        s.mustBe("add_cross_attention", false);
        s.mustBe("is_encoder_decoder", false);
        var width = s.integer("n_embd", 768);
        var scaling = new ScoreScaling(s.flag("scale_attn_weights", true) ? OptionalDouble.empty() : OptionalDouble.of(1),
                s.flag("scale_attn_by_inverse_layer_idx", false));
        var dropout = new Dropout(s.number("resid_pdrop", 0.1), s.number("embd_pdrop", 0.1), s.number("attn_pdrop", 0.1));
        return new ModelConfig(this, s.integer("vocab_size", 50_257), width, Positions.learned(s.integer("n_positions", 1024)),
                Collections.nCopies(s.layers("n_layer", 12), Layer.PLAIN), heads(width, s.integer("n_head", 12), scaling),
                new MlpShape(s.integer("n_inner", 4 * width), true), s.number("layer_norm_epsilon", 1e-5), true,
                new Training(dropout, s.number("initializer_range", 0.02)), s.specialTokens(50_256));
    }

    @Override
    public void write(ModelConfig c, ObjectNode json) {
        json.put("n_positions", c.maxPositionEmbeddings()).put("n_ctx", c.maxPositionEmbeddings()).put("n_embd", c.hiddenSize())
                .put("n_layer", c.numHiddenLayers()).put("n_head", c.numAttentionHeads()).put("n_inner", c.intermediateSize())
                .put("activation_function", "gelu_new").put("resid_pdrop", c.dropout().residual())
                .put("embd_pdrop", c.dropout().embedding())
                .put("attn_pdrop", c.dropout().attention()).put("layer_norm_epsilon", c.normEpsilon())
                .put("scale_attn_weights", c.attention().scaling().by().isEmpty())
                .put("scale_attn_by_inverse_layer_idx", c.attention().scaling().byLayer());
        if (c.bosTokenId() < 0) json.putNull("bos_token_id"); // where they are absent they are 50256
        if (c.eosTokenIds().isEmpty()) json.putNull("eos_token_id");
    }

    /** OpenAI published the model's sizes in a file of their own. */
    @Override
    public Optional<String> otherConfigFile() {
        return Optional.of("hparams.json");
    }

    /** OpenAI's names for the sizes, in those of config.json. The vocabulary's last token is the end of a text. */
    @Override
    public ObjectNode readOtherConfigFile(ConfigSettings s) {
        var tokens = s.integer("n_vocab", 50_257);
        return JsonNodeFactory.instance.objectNode().put("vocab_size", tokens).put("n_positions", s.integer("n_ctx", 1024))
                .put("n_embd", s.integer("n_embd", 768)).put("n_head", s.integer("n_head", 12)).put("n_layer", s.integer("n_layer", 12))
                .put("bos_token_id", tokens - 1).put("eos_token_id", tokens - 1);
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("gpt2");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        return JsonNodeFactory.instance.objectNode().put("n_positions", m.need("context_length")).put("n_embd", m.need("embedding_length"))
                .put("n_layer", m.layers()).put("n_head", m.need("attention.head_count"))
                .put("n_inner", m.need("feed_forward_length")).put("layer_norm_epsilon", m.number("attention.layer_norm_epsilon", 1e-5));
    }

    // ---- the network ----

    @Override
    public Blueprint blueprint(ModelConfig c) {
        int width = c.hiddenSize(), inner = c.intermediateSize();
        var draft = BlueprintDraft.of(c).storingInOut();
        var tokens = draft.tokens("transformer.wte", "token_embd");
        var positions = draft.table("transformer.wpe", "position_embd", c.maxPositionEmbeddings());
        var layers = new ArrayList<LayerSpec>();
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            var layer = draft.under("transformer.h." + i + ".", "blk." + i + ".");
            layers.add(new LayerSpec(
                    layer.layerNorm("ln_1", "attn_norm", width),
                    new AttentionSpec(c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), c.attentionScale(i), Optional.empty(), 0,
                            List.of(layer.reading("attn.c_attn", "attn_qkv", width, 3 * width, true)), Optional.empty(), Optional.empty(),
                            layer.writing("attn.c_proj", "attn_output", width, width, true)),
                    layer.layerNorm("ln_2", "ffn_norm", width),
                    new MlpSpec(Activation.GELU, List.of(layer.reading("mlp.c_fc", "ffn_up", width, inner, true)),
                            layer.writing("mlp.c_proj", "ffn_down", inner, width, true))));
        }
        var head = new HeadSpec(draft.layerNorm("transformer.ln_f", "output_norm", width), tokens, true); // older llama.cpp does not tie it
        // the causal mask, and the tied head once more
        return new Blueprint("transformer.", List.of(".attn.bias", ".attn.masked_bias", "lm_head.weight"),
                new EmbeddingSpec(tokens, Optional.of(positions)), layers, head);
    }
}
