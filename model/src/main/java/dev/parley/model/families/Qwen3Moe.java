package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.model.Blueprint.FeedForward;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.ExpertsShape;
import dev.parley.model.ModelException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** Yang et al. 2025 (arXiv:2505.09388): Qwen3 with experts in place of perceptrons, in all layers or in some. */
public record Qwen3Moe() implements Qwen3Style {

    @Override
    public String modelType() {
        return "qwen3_moe";
    }

    @Override
    public String architecture() {
        return "Qwen3MoeForCausalLM";
    }

    @Override
    public Optional<ExpertsShape> experts(ConfigSettings s, int layers) {
        s.flag("output_router_logits", false); // of training alone, as the next
        s.number("router_aux_loss_coef", 0);
        var step = s.integer("decoder_sparse_step", 1);
        var without = s.integers("mlp_only_layers", -1);
        var count = s.integer("num_experts", s.integer("num_local_experts", 128));
        var sparse = IntStream.range(0, layers).filter(i -> count > 0 && step > 0 && (i + 1) % step == 0 && !without.contains(i)).boxed()
                .toList();
        return Optional.of(new ExpertsShape(count, s.integer("num_experts_per_tok", 8), s.integer("moe_intermediate_size", 768),
                s.flag("norm_topk_prob", false), sparse));
    }

    @Override
    public FeedForward mlp(ModelConfig c, int number, BlueprintDraft layer) {
        var shape = c.experts().orElseThrow();
        if (!shape.layers().contains(number)) return Qwen3Style.super.mlp(c, number, layer);
        int width = c.hiddenSize(), inner = shape.intermediateSize();
        var experts = IntStream.range(0, shape.count()).mapToObj(e -> {
            var expert = layer.slice(e);
            var path = "mlp.experts." + e + ".";
            return new MlpSpec(activation(), List.of(expert.reading(path + "gate_proj", "ffn_gate_exps", width, inner, false),
                    expert.reading(path + "up_proj", "ffn_up_exps", width, inner, false)),
                    expert.writing(path + "down_proj", "ffn_down_exps", inner, width, false));
        }).toList();
        return new ExpertsSpec(layer.reading("mlp.gate", "ffn_gate_inp", width, shape.count(), false), experts, shape.topK(),
                shape.normTopKProb());
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("qwen3moe");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = Qwen3Style.super.readGguf(m);
        var without = json.put("num_experts", m.need("expert_count")).put("num_experts_per_tok", m.need("expert_used_count"))
                .put("moe_intermediate_size", m.need("expert_feed_forward_length")).put("norm_topk_prob", true).putArray("mlp_only_layers");
        for (int i = 0; i < json.path("num_hidden_layers").asInt(); i++) if (!m.has("blk." + i + ".ffn_gate_inp.weight")) without.add(i);
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        var shape = c.experts().orElseThrow();
        if (!shape.normTopKProb()) throw new ModelException("GGUF has no Qwen3-MoE without norm_topk_prob.");
        setting.accept("expert_count", shape.count());
        setting.accept("expert_used_count", shape.topK());
        setting.accept("expert_feed_forward_length", shape.intermediateSize());
    }

    // ---- config.json ----

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias());
        LayerSettings.writeSwitched(c, json);
        var shape = c.experts().orElseThrow();
        json.put("num_experts", shape.count()).put("num_experts_per_tok", shape.topK())
                .put("moe_intermediate_size", shape.intermediateSize()).put("norm_topk_prob", shape.normTopKProb())
                .put("decoder_sparse_step", 1);
        var without = json.putArray("mlp_only_layers");
        for (int i = 0; i < c.numHiddenLayers(); i++) if (!shape.layers().contains(i)) without.add(i);
    }
}
