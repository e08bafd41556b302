package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.Rope;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Mistral AI's Ministral 3 (2025), the model of text: Mistral whose queries grow with their positions, as Llama 4's do. */
public record Ministral3() implements LlamaStyle {

    @Override
    public String modelType() {
        return "ministral3";
    }

    @Override
    public String architecture() {
        return "Ministral3ForCausalLM";
    }

    @Override
    public int keyValueHeads(ConfigSettings s, int heads) {
        return s.integer("num_key_value_heads", 8);
    }

    @Override
    public int headDim(ConfigSettings s, int hidden, int heads) {
        return s.integer("head_dim", 128);
    }

    @Override
    public boolean qkvBias(boolean attentionBias) {
        return false;
    }

    @Override
    public boolean outputBias(boolean attentionBias) {
        return false;
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.of(s, count, LayerSettings.window(s, 0), 0);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        if (!LayerSettings.write(c, json)) json.putNull("sliding_window");
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("mistral3");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = LlamaStyle.super.readGguf(m);
        var beta = m.number("attention.temperature_scale", 0);
        if (beta != 0) json.withObject("/rope_scaling").put("llama_4_scaling_beta", beta);
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        if (c.rope().orElseThrow().scaling() instanceof Rope.Yarn yarn && yarn.queryScalingBeta() != 0)
            setting.accept("attention.temperature_scale", (float) yarn.queryScalingBeta());
    }

    @Override
    public boolean interleavedInGguf() {
        return true;
    }
}
