package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.Scales;
import dev.parley.model.ModelConfig.ScoreScaling;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * IBM's Granite 3 and 4 without experts: Llama with numbers that embeddings, branches, attention's scores and those of the next token are
 * multiplied by (Shen et al. 2024, arXiv:2408.13359, after Yang et al. 2022, arXiv:2203.03466).
 */
public record Granite() implements LlamaStyle {

    @Override
    public String modelType() {
        return "granite";
    }

    @Override
    public String architecture() {
        return "GraniteForCausalLM";
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return Collections.nCopies(count, Layer.PLAIN);
    }

    @Override
    public ScoreScaling scoreScaling(ConfigSettings s) {
        return ScoreScaling.by(s.number("attention_multiplier", 1));
    }

    @Override
    public Scales scales(ConfigSettings s, int hiddenSize) {
        var logits = s.number("logits_scaling", 1);
        if (!(logits > 0)) throw s.wrong("logits_scaling", "a number above 0");
        return new Scales(s.number("embedding_multiplier", 1), s.number("residual_multiplier", 1), 1 / logits, 0, 0);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias()).put("mlp_bias", c.mlp().bias())
                .put("attention_multiplier", c.attentionScale(0)).put("embedding_multiplier", c.scales().embedding())
                .put("residual_multiplier", c.scales().branch()).put("logits_scaling", 1 / c.scales().logits());
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("granite");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = LlamaStyle.super.readGguf(m).put("attention_bias", m.has("blk.0.attn_q.bias"))
                .put("mlp_bias", m.has("blk.0.ffn_up.bias"))
                .put("embedding_multiplier", m.number("embedding_scale", 1)).put("residual_multiplier", m.number("residual_scale", 1))
                .put("logits_scaling", m.number("logit_scale", 1));
        var scale = m.number("attention.scale", 0);
        return json.put("attention_multiplier", scale != 0 ? scale : 1 / Math.sqrt(json.path("head_dim").asDouble()));
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        setting.accept("attention.scale", (float) c.attentionScale(0));
        setting.accept("embedding_scale", (float) c.scales().embedding());
        setting.accept("residual_scale", (float) c.scales().branch());
        setting.accept("logit_scale", (float) (1 / c.scales().logits()));
    }

    @Override
    public boolean interleavedInGguf() {
        return true;
    }
}
