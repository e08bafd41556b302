package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelException;
import dev.parley.model.Rope;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Gemma Team 2025 (arXiv:2503.19786), the model of text: five layers with a window to one that sees everything, each kind with positions
 * of its own, and norms on each head's queries and keys.
 */
public record Gemma3() implements Gemma {

    private static final int PATTERN = 6;
    private static final int LAYERS_OF_27B = 62;
    private static final double LOCAL_THETA = 10_000;

    @Override
    public String modelType() {
        return "gemma3_text";
    }

    @Override
    public String architecture() {
        return "Gemma3ForCausalLM";
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        var pattern = s.integer("sliding_window_pattern", s.integer("_sliding_window_pattern", PATTERN));
        return LayerSettings.alternating(s, count, LayerSettings.window(s, 4096), pattern,
                Optional.of(RopeSettings.ofLayers(s, LayerSettings.SLIDING, s.number("rope_local_base_freq", LOCAL_THETA),
                        s.integer("max_position_embeddings", 131_072))));
    }

    @Override
    public Rope rope(ConfigSettings s, int positions) {
        return RopeSettings.ofLayers(s, LayerSettings.FULL, s.number("rope_theta", 1e6), positions);
    }

    @Override
    public Optional<NormSpec> headNorm(ModelConfig c, BlueprintDraft layer, String name, String ggufName) {
        return Optional.of(layer.rmsNormFromOne(name, ggufName, c.headDim()));
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        Gemma.writeShared(c, json);
        c.layers().stream().flatMap(layer -> layer.rope().stream()).findFirst()
                .ifPresent(rope -> json.put("rope_local_base_freq", rope.theta()));
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("gemma3");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = Gemma.super.readGguf(m).put("rope_local_base_freq", LOCAL_THETA);
        Gemma.addUnsaid(json, LAYERS_OF_27B, PATTERN);
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        if (c.scales().attentionSoftcap() > 0) throw new ModelException("GGUF has no Gemma 3 with attn_logit_softcapping.");
        if (c.scales().logitSoftcap() > 0) setting.accept("final_logit_softcapping", (float) c.scales().logitSoftcap());
    }
}
