package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.EmbeddingSpec;
import dev.parley.model.Blueprint.FeedForward;
import dev.parley.model.Blueprint.HeadSpec;
import dev.parley.model.Blueprint.Join;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.Mixer;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.Family;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.AttentionShape;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.model.ModelConfig.ExpertsShape;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.MlpShape;
import dev.parley.model.ModelConfig.Positions;
import dev.parley.model.ModelConfig.Scales;
import dev.parley.model.ModelConfig.ScoreScaling;
import dev.parley.model.ModelConfig.Training;
import dev.parley.model.Rope;
import dev.parley.model.WeightSpec;
import dev.parley.model.WeightSpec.TurningPairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What Llama and the families after it share: root mean square norms, rotary positions, a gated MLP. A family says what it has of
 * its own by the methods at the top.
 */
interface LlamaStyle extends Family {

    // ---- what may differ ----

    /** The layers that a config says. @param count how many */
    List<Layer> layers(ConfigSettings s, int count);

    /** Writes what differs between the layers, and the biases. */
    void writeOwn(ModelConfig c, ObjectNode json);

    default int keyValueHeads(ConfigSettings s, int heads) {
        return s.integer("num_key_value_heads", heads);
    }

    default int headDim(ConfigSettings s, int hidden, int heads) {
        return s.integer("head_dim", hidden / Math.max(1, heads));
    }

    default boolean qkvBias(boolean attentionBias) {
        return attentionBias;
    }

    default boolean outputBias(boolean attentionBias) {
        return attentionBias;
    }

    /** The norm of each query head, or key head; empty for none. @param name q_norm or k_norm */
    default Optional<NormSpec> headNorm(ModelConfig c, BlueprintDraft layer, String name, String ggufName) {
        return Optional.empty();
    }

    /** The sink of each query head; empty for none. */
    default Optional<WeightSpec> sinks(ModelConfig c, BlueprintDraft layer) {
        return Optional.empty();
    }

    /** Whether config.json asks for biases in attention. */
    default boolean attentionBias(ConfigSettings s) {
        return s.flag("attention_bias", false);
    }

    /** Whether GGUF files have the rows of queries and keys in another order; see {@link TurningPairs}. */
    default boolean interleavedInGguf() {
        return false;
    }

    /** Fails on an activation that this family does not have. */
    default void requireActivation(ConfigSettings s) {
        s.oneOf("hidden_act", "silu", "silu", "swish");
    }

    default Activation activation() {
        return Activation.GATED_SILU;
    }

    default Rope rope(ConfigSettings s, int positions) {
        if (s.number("partial_rotary_factor", 1) != 1) throw s.wrong("partial_rotary_factor", "1");
        return RopeSettings.of(s, positions);
    }

    default ScoreScaling scoreScaling(ConfigSettings s) {
        return ScoreScaling.BY_SIZE;
    }

    default Scales scales(ConfigSettings s, int hiddenSize) {
        return Scales.NONE;
    }

    default Optional<ExpertsShape> experts(ConfigSettings s, int layers) {
        return Optional.empty();
    }

    /** The second branch of a layer. @param number from 0 */
    default FeedForward mlp(ModelConfig c, int number, BlueprintDraft layer) {
        return new MlpSpec(activation(), up(c, layer), down(c, layer));
    }

    /** The projection out of the MLP. */
    default LinearSpec down(ModelConfig c, BlueprintDraft layer) {
        return layer.writing("mlp.down_proj", "ffn_down", c.intermediateSize(), c.hiddenSize(), c.mlp().bias());
    }

    /** What is added to the variance in norms. */
    default double normEpsilon(ConfigSettings s) {
        return s.number(normEpsilonName(), 1e-6);
    }

    /** What config.json calls that. */
    default String normEpsilonName() {
        return "rms_norm_eps";
    }

    /** The inner width of the MLP. */
    default int intermediateSize(ConfigSettings s) {
        return s.integer("intermediate_size", 11_008);
    }

    /** The key and value heads that a GGUF file says. */
    default long keyValueHeads(GgufSettings m, int heads) {
        return m.whole("attention.head_count_kv").orElse((long) heads);
    }

    /** Whether the head is the table of token embeddings where config.json does not say. */
    default boolean tiesEmbeddings() {
        return false;
    }

    /** Whether it is. */
    default boolean tiesEmbeddings(ConfigSettings s) {
        return s.flag("tie_word_embeddings", tiesEmbeddings());
    }

    /** A norm over a width. */
    default NormSpec norm(BlueprintDraft draft, String name, String ggufName, int width) {
        return draft.rmsNorm(name, ggufName, width);
    }

    /** The norm before the head. */
    default NormSpec lastNorm(BlueprintDraft draft, int width) {
        return norm(draft, "model.norm", "output_norm", width);
    }

    /** The norms of the first branch. */
    default Norms mixerNorms(BlueprintDraft layer, int width) {
        return Norms.before(norm(layer, "input_layernorm", "attn_norm", width));
    }

    /** The norms of the branch with the MLP. */
    default Norms mlpNorms(BlueprintDraft layer, int width) {
        return Norms.before(norm(layer, "post_attention_layernorm", "ffn_norm", width));
    }

    /** The projections to queries, keys and values. */
    default List<LinearSpec> qkv(ModelConfig c, BlueprintDraft layer) {
        int width = c.hiddenSize(), kv = c.keyValueSize();
        var bias = c.attention().qkvBias();
        var turned = interleavedInGguf() ? layer.inGguf(new TurningPairs(c.headDim())) : layer;
        return List.of(turned.reading("self_attn.q_proj", "attn_q", width, c.querySize(), bias),
                turned.reading("self_attn.k_proj", "attn_k", width, kv, bias),
                layer.reading("self_attn.v_proj", "attn_v", width, kv, bias));
    }

    /** The projections into the MLP, the gate first. */
    default List<LinearSpec> up(ModelConfig c, BlueprintDraft layer) {
        int width = c.hiddenSize(), inner = c.intermediateSize();
        return List.of(layer.reading("mlp.gate_proj", "ffn_gate", width, inner, c.mlp().bias()),
                layer.reading("mlp.up_proj", "ffn_up", width, inner, c.mlp().bias()));
    }

    // ---- config.json ----

    @Override
    default ModelConfig read(ConfigSettings s) {
        requireActivation(s);
        s.oneOf("activation", "swiglu", "swiglu", "silu"); // Falcon3's folders say it once more
        s.mustBe("is_encoder_decoder", false);
        s.mustBe("add_cross_attention", false);
        s.mustBe("rope_interleaved", false);
        int hidden = s.integer("hidden_size", 4096), heads = s.integer("num_attention_heads", 32);
        int layers = s.layers("num_hidden_layers", 32), positions = s.integer("max_position_embeddings", 2048);
        var bias = attentionBias(s);
        var attention = new AttentionShape(heads, keyValueHeads(s, heads), headDim(s, hidden, heads), qkvBias(bias), outputBias(bias),
                scoreScaling(s));
        var training = new Training(new Dropout(0, 0, s.number("attention_dropout", 0)), s.number("initializer_range", 0.02));
        return new ModelConfig(this, s.integer("vocab_size", 32_000), hidden, Positions.rotary(positions, rope(s, positions)),
                layers(s, layers), attention, new MlpShape(intermediateSize(s), s.flag("mlp_bias", false)),
                normEpsilon(s), tiesEmbeddings(s) || s.isClassifier(), training, s.specialTokens(-1),
                scales(s, hidden), experts(s, layers));
    }

    @Override
    default void write(ModelConfig c, ObjectNode json) {
        json.put("max_position_embeddings", c.maxPositionEmbeddings()).put("hidden_size", c.hiddenSize())
                .put("num_hidden_layers", c.numHiddenLayers()).put("num_attention_heads", c.numAttentionHeads())
                .put("num_key_value_heads", c.numKeyValueHeads()).put("head_dim", c.headDim())
                .put("intermediate_size", c.intermediateSize())
                .put(normEpsilonName(), c.normEpsilon()).put("attention_dropout", c.dropout().attention());
        if (activation() == Activation.GATED_SILU) json.put("hidden_act", "silu");
        if (c.mlp().bias()) json.put("mlp_bias", true);
        RopeSettings.write(c.rope().orElseThrow(), json);
        writeOwn(c, json);
    }

    // ---- GGUF ----

    @Override
    default ObjectNode readGguf(GgufSettings m) {
        int heads = m.need("attention.head_count"), hidden = m.need("embedding_length");
        var headDim = m.whole("attention.key_length").orElse((long) hidden / Math.max(1, heads));
        var json = JsonNodeFactory.instance.objectNode();
        json.put("max_position_embeddings", m.need("context_length")).put("hidden_size", hidden)
                .put("num_hidden_layers", m.layers())
                .put("num_attention_heads", heads).put("num_key_value_heads", keyValueHeads(m, heads))
                .put("head_dim", headDim).put("intermediate_size", m.need("feed_forward_length"))
                .put(normEpsilonName(), m.number("attention.layer_norm_rms_epsilon", 1e-6))
                .put("rope_theta", m.number("rope.freq_base", 10_000))
                .put("tie_word_embeddings", !m.has("output.weight"));
        var window = m.whole("attention.sliding_window").orElse(0L);
        if (window > 0) json.put("sliding_window", window).put("use_sliding_window", true).put("max_window_layers", 0);
        var rotated = m.whole("rope.dimension_count").orElse(headDim);
        if (rotated != (long) headDim) json.put("partial_rotary_factor", rotated / (double) headDim); // read refuses it where there is none
        GgufRope.read(m, json, headDim.intValue());
        return json;
    }

    // ---- the network ----

    @Override
    default Blueprint blueprint(ModelConfig c) {
        int width = c.hiddenSize();
        var scales = c.scales();
        var draft = BlueprintDraft.of(c);
        var tokens = draft.tokens("model.embed_tokens", "token_embd");
        var layers = new ArrayList<LayerSpec>();
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            var layer = draft.under("model.layers." + i + ".", "blk." + i + ".");
            layers.add(new LayerSpec(mixerNorms(layer, width), mixer(c, i, layer), mlpNorms(layer, width),
                    mlp(c, i, layer),
                    new Join(false, scales.branch())));
        }
        // a classifier's head is read by whoever classifies
        var passedOver = new ArrayList<>(List.of(".rotary_emb.inv_freq", "score.weight"));
        if (c.tieWordEmbeddings()) passedOver.add("lm_head.weight");
        return new Blueprint("model.", passedOver, new EmbeddingSpec(tokens, Optional.empty(), scales.embedding()), layers,
                new HeadSpec(lastNorm(draft, width),
                        c.tieWordEmbeddings() ? tokens : draft.head("lm_head", "output"),
                        false, scales.logits(), scales.logitSoftcap()));
    }

    /** The first branch of a layer. @param number from 0 */
    default Mixer mixer(ModelConfig c, int number, BlueprintDraft layer) {
        return new AttentionSpec(c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), c.attentionScale(number),
                c.scales().attentionSoftcap(), c.rope(number), c.layers().get(number).slidingWindow(), qkv(c, layer), false,
                headNorm(c, layer, "self_attn.q_norm", "attn_q_norm"), headNorm(c, layer, "self_attn.k_norm", "attn_k_norm"),
                sinks(c, layer),
                layer.writing("self_attn.o_proj", "attn_output", c.querySize(), c.hiddenSize(), c.attention().outputBias()));
    }
}
