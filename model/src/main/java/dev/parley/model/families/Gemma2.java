package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Gemma Team 2024 (arXiv:2408.00118): a window in every second layer, and scores bounded by tanh. */
public record Gemma2() implements Gemma {

    private static final int PATTERN = 2;
    private static final int LAYERS_OF_27B = 46;

    @Override
    public String modelType() {
        return "gemma2";
    }

    @Override
    public String architecture() {
        return "Gemma2ForCausalLM";
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.alternating(s, count, LayerSettings.window(s, 4096), PATTERN, Optional.empty());
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        Gemma.writeShared(c, json);
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("gemma2");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = Gemma.super.readGguf(m).put("attn_logit_softcapping", m.number("attn_logit_softcapping", 50))
                .put("final_logit_softcapping", m.number("final_logit_softcapping", 30));
        Gemma.addUnsaid(json, LAYERS_OF_27B, PATTERN);
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        setting.accept("attn_logit_softcapping", (float) c.scales().attentionSoftcap());
        setting.accept("final_logit_softcapping", (float) c.scales().logitSoftcap());
    }
}
