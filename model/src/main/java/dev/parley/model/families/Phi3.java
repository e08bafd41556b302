package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.Rope;
import java.util.List;
import java.util.Optional;

/**
 * Abdin et al. 2024 (arXiv:2404.14219), and Phi-4-mini: Llama with queries, keys and values in one matrix, gate and up in another,
 * positions that are stretched by a number for each frequency, in Phi-4-mini of a part of each head only.
 */
public record Phi3() implements LlamaStyle {

    @Override
    public String modelType() {
        return "phi3";
    }

    @Override
    public String architecture() {
        return "Phi3ForCausalLM";
    }

    @Override
    public Rope rope(ConfigSettings s, int positions) {
        return RopeSettings.of(s, positions);
    }

    /** A window as wide as the context is none. */
    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        for (var dropout : List.of("embd_pdrop", "resid_pdrop")) s.number(dropout, 0);
        var window = LayerSettings.window(s, 0);
        return LayerSettings.of(s, count, window >= s.integer("max_position_embeddings", 4096) ? 0 : window, 0);
    }

    @Override
    public List<LinearSpec> qkv(ModelConfig c, BlueprintDraft layer) {
        return List.of(layer.reading("self_attn.qkv_proj", "attn_qkv", c.hiddenSize(), c.querySize() + 2 * c.keyValueSize(),
                c.attention().qkvBias()));
    }

    @Override
    public List<LinearSpec> up(ModelConfig c, BlueprintDraft layer) {
        return List.of(layer.reading("mlp.gate_up_proj", "ffn_up", c.hiddenSize(), 2 * c.intermediateSize(), c.mlp().bias()));
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias());
        if (!LayerSettings.write(c, json)) json.putNull("sliding_window");
        if (c.rope().orElseThrow().scaling() instanceof Rope.LongRope rope)
            json.put("original_max_position_embeddings", rope.originalMax());
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("phi3");
    }

    /** llama.cpp has no window in this family, whatever the file says. */
    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = LlamaStyle.super.readGguf(m);
        json.remove(List.of("use_sliding_window", "max_window_layers"));
        return json.put("attention_bias", false);
    }
}
