package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.Mixer;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.Blueprint.ShortConvSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.Rope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Liquid AI 2025 (arXiv:2511.23404): short convolutions in most layers, attention with norms on queries and keys in the others. */
public record Lfm2() implements LlamaStyle {

    private static final String CONVOLUTION = "conv";

    @Override
    public String modelType() {
        return "lfm2";
    }

    @Override
    public String architecture() {
        return "Lfm2ForCausalLM";
    }

    // ---- config.json ----

    @Override
    public ModelConfig read(ConfigSettings s) {
        for (var bias : List.of("attention_bias", "mlp_bias", "conv_bias")) s.mustBe(bias, false);
        for (var part : List.of("use_pos_enc", "block_use_swiglu")) s.mustBe(part, true);
        var width = s.integer("hidden_size", 4096);
        for (var same : List.of("block_dim", "conv_dim", "conv_dim_out"))
            if (s.integer(same, width) != width) throw s.wrong(same, "hidden_size, " + width);
        for (var ofTraining : List.of("block_mlp_init_scale", "block_out_init_scale")) s.node(ofTraining);
        if (s.number("block_norm_eps", normEpsilon(s)) != normEpsilon(s)) throw s.wrong("block_norm_eps", "norm_eps, " + normEpsilon(s));
        return LlamaStyle.super.read(s);
    }

    @Override
    public double normEpsilon(ConfigSettings s) {
        return s.number(normEpsilonName(), 1e-5);
    }

    @Override
    public String normEpsilonName() {
        return "norm_eps";
    }

    @Override
    public int keyValueHeads(ConfigSettings s, int heads) {
        return s.integer("num_key_value_heads", 8);
    }

    @Override
    public Rope rope(ConfigSettings s, int positions) {
        return RopeSettings.of(s, positions, s.number("rope_theta", 1e6), 1);
    }

    /** The older name is the stronger, as in transformers. */
    @Override
    public boolean tiesEmbeddings(ConfigSettings s) {
        return s.flag("tie_embedding", s.flag("tie_word_embeddings", true));
    }

    /** Two thirds of what config.json says, rounded up to whole blocks, unless it says that this has been done. */
    @Override
    public int intermediateSize(ConfigSettings s) {
        var size = s.integer("block_ff_dim", s.integer("intermediate_size", 12_288));
        int multiple = s.integer("block_multiple_of", 256);
        var factor = s.number("block_ffn_dim_multiplier", 1);
        if (!s.flag("block_auto_adjust_ff_dim", true)) return size;
        if (multiple < 1) throw s.wrong("block_multiple_of", "a number of at least 1");
        var adjusted = (long) (factor * (2L * size / 3));
        return Math.clamp(Math.ceilDiv(adjusted, multiple) * multiple, 0, Integer.MAX_VALUE);
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        var taps = s.integer("conv_L_cache", 3);
        if (taps < 1 || taps > 1 << 10) throw s.wrong("conv_L_cache", "a number of tokens from 1 to " + (1 << 10));
        var types = s.node("layer_types");
        var withAttention = s.has("full_attn_idxs") ? s.integers("full_attn_idxs", -1) : null;
        if (types.isArray() && types.size() != count) throw s.wrong("layer_types", "one type for each of " + count + " layers");
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < count; i++) {
            var type = types.isArray() ? types.path(i).asText()
                    : withAttention == null || withAttention.contains(i) ? LayerSettings.FULL : CONVOLUTION;
            layers.add(switch (type) {
                case LayerSettings.FULL -> Layer.PLAIN;
                case CONVOLUTION -> Layer.convolution(taps);
                default -> throw s.wrong("layer_types", LayerSettings.FULL + " and " + CONVOLUTION);
            });
        }
        return layers;
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("block_auto_adjust_ff_dim", false).put("conv_bias", false).put("conv_L_cache", taps(c));
        var types = json.putArray("layer_types");
        c.layers().forEach(layer -> types.add(layer.convolved() > 0 ? CONVOLUTION : LayerSettings.FULL));
    }

    /** That of the convolutions; transformers' number where there are none. */
    private static int taps(ModelConfig c) {
        return c.layers().stream().mapToInt(Layer::convolved).filter(taps -> taps > 0).findFirst().orElse(3);
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("lfm2");
    }

    /** Layers with convolutions are those without key and value heads. */
    @Override
    public ObjectNode readGguf(GgufSettings m) {
        if (!m.flag("attention.causal", true)) throw m.fault("attention.causal", "true");
        var json = LlamaStyle.super.readGguf(m).put("conv_L_cache", m.need("shortconv.l_cache")).put("block_auto_adjust_ff_dim", false);
        var types = json.putArray("layer_types");
        for (var heads : ofLayers(m)) types.add(heads > 0 ? LayerSettings.FULL : CONVOLUTION);
        return json;
    }

    @Override
    public long keyValueHeads(GgufSettings m, int heads) {
        var some = ofLayers(m).stream().filter(n -> n > 0).distinct().toList();
        if (some.size() > 1) throw m.fault("attention.head_count_kv", "one number, or 0,");
        return some.isEmpty() ? heads : some.getFirst();
    }

    private static List<Integer> ofLayers(GgufSettings m) {
        return m.ofLayers("attention.head_count_kv");
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        setting.accept("attention.head_count_kv",
                c.layers().stream().map(layer -> layer.convolved() > 0 ? 0 : c.numKeyValueHeads()).toList());
        setting.accept("shortconv.l_cache", taps(c));
    }

    // ---- the network ----

    @Override
    public Mixer mixer(ModelConfig c, int number, BlueprintDraft layer) {
        int width = c.hiddenSize(), taps = c.layers().get(number).convolved();
        if (taps > 0) {
            return new ShortConvSpec(layer.reading("conv.in_proj", "shortconv.in_proj", width, 3 * width, false),
                    layer.kernel("conv.conv", "shortconv.conv", width, taps),
                    layer.writing("conv.out_proj", "shortconv.out_proj", width, width, false));
        }
        return new AttentionSpec(c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), c.attentionScale(number), c.rope(number), 0,
                qkv(c, layer), headNorm(c, layer, "self_attn.q_layernorm", "attn_q_norm"),
                headNorm(c, layer, "self_attn.k_layernorm", "attn_k_norm"),
                layer.writing("self_attn.out_proj", "attn_output", c.querySize(), width, false));
    }

    @Override
    public Optional<NormSpec> headNorm(ModelConfig c, BlueprintDraft layer, String name, String ggufName) {
        return Optional.of(layer.rmsNorm(name, ggufName, c.headDim()));
    }

    @Override
    public Norms mixerNorms(BlueprintDraft layer, int width) {
        return Norms.before(norm(layer, "operator_norm", "attn_norm", width));
    }

    @Override
    public Norms mlpNorms(BlueprintDraft layer, int width) {
        return Norms.before(norm(layer, "ffn_norm", "ffn_norm", width));
    }

    @Override
    public NormSpec lastNorm(BlueprintDraft draft, int width) {
        return norm(draft, "model.embedding_norm", "token_embd_norm", width);
    }

    @Override
    public List<LinearSpec> up(ModelConfig c, BlueprintDraft layer) {
        int width = c.hiddenSize(), inner = c.intermediateSize();
        return List.of(layer.reading("feed_forward.w1", "ffn_gate", width, inner, false),
                layer.reading("feed_forward.w3", "ffn_up", width, inner, false));
    }

    @Override
    public LinearSpec down(ModelConfig c, BlueprintDraft layer) {
        return layer.writing("feed_forward.w2", "ffn_down", c.intermediateSize(), c.hiddenSize(), false);
    }
}
