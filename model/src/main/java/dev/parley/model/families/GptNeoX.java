package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.EmbeddingSpec;
import dev.parley.model.Blueprint.HeadSpec;
import dev.parley.model.Blueprint.Join;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.Norms;
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
import dev.parley.model.ModelConfig.Training;
import dev.parley.model.WeightSpec.PartsTogether;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Black et al. 2022 (arXiv:2204.06745); Pythia (Biderman et al. 2023, arXiv:2304.01373) is one: layer norms, an MLP that reads what
 * attention reads, positions turned in a part of each head.
 */
public record GptNeoX() implements Family {

    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public String architecture() {
        return "GPTNeoXForCausalLM";
    }

    // ---- config.json ----

    @Override
    public ModelConfig read(ConfigSettings s) {
        s.oneOf("hidden_act", "gelu", "gelu");
        s.number("classifier_dropout", 0);
        int hidden = s.integer("hidden_size", 6144), heads = s.integer("num_attention_heads", 64);
        var positions = s.integer("max_position_embeddings", 2048);
        if (heads > 0 && hidden % heads != 0)
            throw new IllegalArgumentException(
                    "These values make no model: hidden_size " + hidden + " is not a multiple of num_attention_heads " + heads + ".");
        var bias = s.flag("attention_bias", true);
        var rope = RopeSettings.of(s, positions, s.number("rotary_emb_base", s.number("rope_theta", 10_000)),
                s.number("rotary_pct", s.number("partial_rotary_factor", 0.25)));
        var dropout = s.number("hidden_dropout", 0);
        return new ModelConfig(this, s.integer("vocab_size", 50_432), hidden, Positions.rotary(positions, rope),
                Collections.nCopies(s.layers("num_hidden_layers", 44), Layer.PLAIN),
                new AttentionShape(heads, heads, hidden / Math.max(1, heads), bias, bias),
                new MlpShape(s.integer("intermediate_size", 24_576), true, s.flag("use_parallel_residual", true)),
                s.number("layer_norm_eps", 1e-5), s.flag("tie_word_embeddings", false),
                new Training(new Dropout(dropout, dropout, s.number("attention_dropout", 0)), s.number("initializer_range", 0.02)),
                s.specialTokens(-1));
    }

    @Override
    public void write(ModelConfig c, ObjectNode json) {
        var rope = c.rope().orElseThrow();
        json.put("max_position_embeddings", c.maxPositionEmbeddings()).put("hidden_size", c.hiddenSize())
                .put("num_hidden_layers", c.numHiddenLayers()).put("num_attention_heads", c.numAttentionHeads())
                .put("intermediate_size", c.intermediateSize()).put("hidden_act", "gelu").put("layer_norm_eps", c.normEpsilon())
                .put("use_parallel_residual", c.mlp().parallel()).put("attention_bias", c.attention().qkvBias())
                .put("hidden_dropout", c.dropout().residual()).put("attention_dropout", c.dropout().attention())
                .put("rotary_pct", rope.partialRotaryFactor()).put("rotary_emb_base", rope.theta());
        RopeSettings.write(rope, json);
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("gptneox");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        int hidden = m.need("embedding_length"), heads = m.need("attention.head_count"), headDim = hidden / Math.max(1, heads);
        var json = JsonNodeFactory.instance.objectNode().put("max_position_embeddings", m.need("context_length")).put("hidden_size", hidden)
                .put("num_hidden_layers", m.layers()).put("num_attention_heads", heads)
                .put("intermediate_size", m.need("feed_forward_length"))
                .put("layer_norm_eps", m.number("attention.layer_norm_epsilon", 1e-5))
                .put("rotary_emb_base", m.number("rope.freq_base", 10_000))
                .put("rotary_pct", m.whole("rope.dimension_count").orElse((long) headDim) / (double) headDim)
                .put("use_parallel_residual", m.flag("use_parallel_residual", true)).put("attention_bias", m.has("blk.0.attn_qkv.bias"))
                .put("tie_word_embeddings", !m.has("output.weight"));
        GgufRope.read(m, json, headDim);
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        setting.accept("use_parallel_residual", c.mlp().parallel());
    }

    // ---- the network ----

    @Override
    public Blueprint blueprint(ModelConfig c) {
        int width = c.hiddenSize(), inner = c.intermediateSize();
        var bias = c.attention().qkvBias();
        var draft = BlueprintDraft.of(c);
        var tokens = draft.tokens("gpt_neox.embed_in", "token_embd");
        var layers = new ArrayList<LayerSpec>();
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            var layer = draft.under("gpt_neox.layers." + i + ".", "blk." + i + ".");
            var qkv = layer.inGguf(new PartsTogether(c.numAttentionHeads(), c.headDim())).reading("attention.query_key_value", "attn_qkv",
                    width, 3 * width, bias);
            layers.add(new LayerSpec(Norms.before(layer.layerNorm("input_layernorm", "attn_norm", width)),
                    new AttentionSpec(c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), c.attentionScale(i), 0, c.rope(i), 0,
                            List.of(qkv), true, Optional.empty(), Optional.empty(), Optional.empty(),
                            layer.writing("attention.dense", "attn_output", width, width, bias)),
                    Norms.before(layer.layerNorm("post_attention_layernorm", "ffn_norm", width)),
                    new MlpSpec(Activation.GELU_ERF, List.of(layer.reading("mlp.dense_h_to_4h", "ffn_up", width, inner, true)),
                            layer.writing("mlp.dense_4h_to_h", "ffn_down", inner, width, true)),
                    new Join(c.mlp().parallel(), 1)));
        }
        var passedOver = new ArrayList<>(List.of(".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias"));
        if (c.tieWordEmbeddings()) passedOver.add("embed_out.weight");
        return new Blueprint("gpt_neox.", passedOver, new EmbeddingSpec(tokens, Optional.empty()), layers,
                new HeadSpec(draft.layerNorm("gpt_neox.final_layer_norm", "output_norm", width),
                        c.tieWordEmbeddings() ? tokens : draft.head("embed_out", "output"), false));
    }
}
