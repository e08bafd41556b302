package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Scales;
import dev.parley.model.ModelConfig.ScoreScaling;

/**
 * What Gemma 2 and 3 share: norms around each branch whose scales are kept as their distance from 1, embeddings multiplied by the square
 * root of their width, a gate with gelu, the head tied.
 */
interface Gemma extends LlamaStyle {

    @Override
    default void requireActivation(ConfigSettings s) {
        s.oneOf("hidden_activation", "gelu_pytorch_tanh", "gelu_pytorch_tanh");
        s.text("hidden_act", ""); // what older folders have there is passed over, as in transformers
        s.mustBe("use_bidirectional_attention", false);
    }

    @Override
    default Activation activation() {
        return Activation.GATED_GELU;
    }

    @Override
    default boolean tiesEmbeddings() {
        return true;
    }

    @Override
    default int headDim(ConfigSettings s, int hidden, int heads) {
        return s.integer("head_dim", 256);
    }

    @Override
    default ScoreScaling scoreScaling(ConfigSettings s) {
        var size = s.number("query_pre_attn_scalar", 256);
        if (!(size > 0)) throw s.wrong("query_pre_attn_scalar", "a number above 0");
        return ScoreScaling.by(1 / Math.sqrt(size));
    }

    @Override
    default NormSpec norm(BlueprintDraft draft, String name, String ggufName, int width) {
        return draft.rmsNormFromOne(name, ggufName, width);
    }

    @Override
    default Norms mixerNorms(BlueprintDraft layer, int width) {
        return Norms.around(norm(layer, "input_layernorm", "attn_norm", width),
                norm(layer, "post_attention_layernorm", "post_attention_norm", width));
    }

    @Override
    default Norms mlpNorms(BlueprintDraft layer, int width) {
        return Norms.around(norm(layer, "pre_feedforward_layernorm", "ffn_norm", width),
                norm(layer, "post_feedforward_layernorm", "post_ffw_norm", width));
    }

    /** Embeddings are multiplied by the square root of their width, scores bounded where config.json says so. */
    @Override
    default Scales scales(ConfigSettings s, int hiddenSize) {
        return new Scales((float) Math.sqrt(hiddenSize), 1, 1, bound(s, "attn_logit_softcapping"), bound(s, "final_logit_softcapping"));
    }

    private static double bound(ConfigSettings s, String name) {
        var bound = s.number(name, 0);
        if (bound < 0) throw s.wrong(name, "a number of at least 0");
        return bound;
    }

    /**
     * Adds what GGUF does not say: which layers slide, and what scores are divided by, in the largest model the share of each head in the
     * width, in the others a head's size.
     *
     * @param layersOf27b of the largest model
     */
    static void addUnsaid(ObjectNode json, int layersOf27b, int pattern) {
        int layers = json.path("num_hidden_layers").asInt(), heads = json.path("num_attention_heads").asInt();
        json.put("query_pre_attn_scalar",
                layers == layersOf27b ? json.path("hidden_size").asDouble() / heads : json.path("head_dim").asDouble());
        LayerSettings.addPattern(json, layers, pattern);
    }

    /** Writes what both have. */
    static void writeShared(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias()).put("hidden_activation", "gelu_pytorch_tanh");
        var size = 1 / Math.pow(c.attentionScale(0), 2);
        json.put("query_pre_attn_scalar", Math.rint(size * 1e6) / 1e6);
        writeBound(json, "attn_logit_softcapping", c.scales().attentionSoftcap());
        writeBound(json, "final_logit_softcapping", c.scales().logitSoftcap());
        LayerSettings.writeAlternating(c, json);
    }

    private static void writeBound(ObjectNode json, String name, double bound) {
        if (bound > 0) json.put(name, bound);
        else json.putNull(name);
    }
}
