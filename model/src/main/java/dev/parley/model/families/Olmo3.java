package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.Rope;
import java.util.List;
import java.util.Optional;

/** OLMo 3 (Ai2, 2025): OLMo 2 with a window in three layers of four. Only layers that see everything have stretched positions. */
public record Olmo3() implements Olmo {

    private static final int PATTERN = 4; // each fourth layer sees everything

    @Override
    public String modelType() {
        return "olmo3";
    }

    @Override
    public String architecture() {
        return "Olmo3ForCausalLM";
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.alternating(s, count, LayerSettings.window(s, 4096), PATTERN, localRope(s));
    }

    private static Optional<Rope> localRope(ConfigSettings s) {
        return Optional.of(RopeSettings.ofLayers(s, LayerSettings.SLIDING, s.integer("max_position_embeddings", 2048)));
    }

    @Override
    public Rope rope(ConfigSettings s, int positions) {
        return RopeSettings.ofLayers(s, LayerSettings.FULL, positions);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", false);
        LayerSettings.writeAlternating(c, json);
    }

    // ---- GGUF ----

    @Override
    public boolean recognises(GgufSettings m) {
        return Olmo.super.recognises(m) && m.whole("attention.sliding_window").orElse(0L) > 0;
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = Olmo.super.readGguf(m);
        LayerSettings.addPattern(json, json.path("num_hidden_layers").asInt(), PATTERN);
        return json;
    }
}
