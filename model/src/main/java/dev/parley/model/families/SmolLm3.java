package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hugging Face's SmolLM3: Llama, some layers without positions (Yang et al. 2025, arXiv:2501.18795).
 */
public record SmolLm3() implements LlamaStyle {

    @Override
    public String modelType() {
        return "smollm3";
    }

    @Override
    public String architecture() {
        return "SmolLM3ForCausalLM";
    }

    /** The list {@code no_rope_layers} has 1 for a layer with positions, whatever its name says; without it, every so many have none. */
    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        var windows = LayerSettings.of(s, count, LayerSettings.switchedWindow(s), 0);
        var list = s.node("no_rope_layers");
        var interval = s.integer("no_rope_layer_interval", 4);
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < count; i++) {
            var rotary = list.isArray() ? list.path(i).asInt(1) == 1 : interval <= 0 || (i + 1) % interval != 0;
            layers.add(new Layer(rotary, windows.get(i).slidingWindow()));
        }
        return layers;
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias());
        LayerSettings.writeSwitched(c, json);
        var list = json.putArray("no_rope_layers");
        c.layers().forEach(l -> list.add(l.rotary() ? 1 : 0));
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("smollm3");
    }

    /** llama.cpp has fixed that each fourth layer is without positions. */
    @Override
    public ObjectNode readGguf(GgufSettings m) {
        return LlamaStyle.super.readGguf(m).put("no_rope_layer_interval", 4).put("attention_bias", m.has("blk.0.attn_q.bias"));
    }

    @Override
    public boolean interleavedInGguf() {
        return true;
    }
}
