package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.AttentionShape;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.MlpShape;
import dev.parley.model.ModelConfig.Positions;
import dev.parley.model.ModelConfig.SpecialTokens;
import dev.parley.model.ModelConfig.Training;
import dev.parley.model.Rope;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Touvron et al. 2023 (arXiv:2307.09288): root mean square norms, rotary positions, a gated MLP. SmolLM2 is one. */
public record Llama() implements LlamaStyle {

    /** A new model without biases and dropout, embeddings tied, the end of text being token 0. */
    public static ModelConfig config(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads,
            int intermediateSize) {
        return new ModelConfig(new Llama(), vocabSize, hiddenSize, Positions.rotary(maxPositionEmbeddings, Rope.plain(10_000)),
                Collections.nCopies(layers, Layer.PLAIN), new AttentionShape(heads, kvHeads, hiddenSize / Math.max(1, heads), false, false),
                new MlpShape(intermediateSize, false), 1e-5, true, Training.PLAIN, SpecialTokens.one(0));
    }

    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public String architecture() {
        return "LlamaForCausalLM";
    }

    /** Its attention sees everything: a sliding_window is passed over, as in transformers. */
    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        LayerSettings.window(s, 0);
        return LayerSettings.of(s, count, 0, 0);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias()).put("mlp_bias", c.mlp().bias());
        LayerSettings.write(c, json);
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("llama");
    }

    /** Mistral calls itself llama there, too. */
    @Override
    public boolean recognises(GgufSettings m) {
        return m.architecture().equals("llama") && m.whole("attention.sliding_window").orElse(0L) <= 0;
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        return LlamaStyle.super.readGguf(m).put("attention_bias", m.has("blk.0.attn_q.bias")).put("mlp_bias", m.has("blk.0.ffn_up.bias"));
    }

    @Override
    public boolean interleavedInGguf() {
        return true;
    }
}
