package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.List;
import java.util.Optional;

/** Jiang et al. 2023 (arXiv:2310.06825): Llama with a sliding window. */
public record Mistral() implements LlamaStyle {

    @Override
    public String modelType() {
        return "mistral";
    }

    @Override
    public String architecture() {
        return "MistralForCausalLM";
    }

    @Override
    public int keyValueHeads(ConfigSettings s, int heads) {
        return s.integer("num_key_value_heads", 8);
    }

    /** A window of null is none; where nothing is said, there is one. */
    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.of(s, count, LayerSettings.window(s, s.node("sliding_window").isMissingNode() ? 4096 : 0), 0);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias());
        if (!LayerSettings.write(c, json)) json.putNull("sliding_window");
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("llama");
    }

    /** It is the llama with a window. */
    @Override
    public boolean recognises(GgufSettings m) {
        return m.architecture().equals("llama") && m.whole("attention.sliding_window").orElse(0L) > 0;
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
