package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.model.Blueprint.FeedForward;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.ExpertsShape;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelException;
import dev.parley.model.Rope;
import dev.parley.model.WeightSpec;
import dev.parley.weights.StackedWeights.Part;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * GPT-OSS (OpenAI 2025, arXiv:2508.10925): experts in all layers, a window in every second, and in each head a sink, which takes a share
 * of the attention and adds nothing. Its files stack the experts, whose numbers mostly have four bits.
 */
public record GptOss() implements LlamaStyle {

    private static final int PATTERN = 2; // each second layer sees everything
    private static final double THETA = 150_000, ALPHA = 1.702, LIMIT = 7;

    @Override
    public String modelType() {
        return "gpt_oss";
    }

    @Override
    public String architecture() {
        return "GptOssForCausalLM";
    }

    @Override
    public int headDim(ConfigSettings s, int hidden, int heads) {
        return s.integer("head_dim", 64);
    }

    @Override
    public boolean attentionBias(ConfigSettings s) {
        return s.flag("attention_bias", true);
    }

    /** Of an expert, and of no other MLP. */
    @Override
    public int intermediateSize(ConfigSettings s) {
        return s.integer("intermediate_size", 2880);
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.alternating(s, count, LayerSettings.window(s, 128), PATTERN, Optional.empty());
    }

    @Override
    public Rope rope(ConfigSettings s, int positions) {
        if (s.has("rope_scaling") || s.has("rope_parameters"))
            return RopeSettings.of(s, positions, s.number("rope_theta", THETA), 1);
        return new Rope(s.number("rope_theta", THETA), new Rope.Yarn(32, 32, 1, 4096, Rope.sharpening(32), false));
    }

    @Override
    public Optional<ExpertsShape> experts(ConfigSettings s, int layers) {
        refuseOthers(s);
        s.flag("output_router_logits", false); // of training alone, as the next
        s.number("router_aux_loss_coef", 0);
        var topK = s.integer("num_experts_per_tok", s.integer("experts_per_token", 4));
        if (s.integer("experts_per_token", topK) != topK) throw s.wrong("experts_per_token", "num_experts_per_tok, " + topK);
        return Optional.of(new ExpertsShape(s.integer("num_local_experts", s.integer("num_experts", 128)), topK,
                intermediateSize(s), true, IntStream.range(0, layers).boxed().toList()));
    }

    /** Fails on numbers of the activation, and bits of the weights, that are not those of the family. */
    private static void refuseOthers(ConfigSettings s) {
        if (s.number("swiglu_limit", LIMIT) != LIMIT) throw s.wrong("swiglu_limit", "7");
        if (s.number("swiglu_alpha", ALPHA) != ALPHA) throw s.wrong("swiglu_alpha", "1.702");
        s.inner("quantization_config").ifPresent(quantization -> {
            quantization.oneOf("quant_method", "mxfp4", "mxfp4");
            quantization.node("modules_to_not_convert"); // the files say which tensors are in blocks
            quantization.refuseUnread();
        });
    }

    @Override
    public Optional<WeightSpec> sinks(ModelConfig c, BlueprintDraft layer) {
        return Optional.of(layer.ofHeads("self_attn.sinks", "attn_sinks.weight", c.numAttentionHeads()));
    }

    @Override
    public Norms mlpNorms(BlueprintDraft layer, int width) {
        return Norms.before(norm(layer, "post_attention_layernorm", "post_attention_norm", width));
    }

    @Override
    public FeedForward mlp(ModelConfig c, int number, BlueprintDraft layer) {
        var shape = c.experts().orElseThrow();
        int width = c.hiddenSize(), inner = shape.intermediateSize();
        var experts = IntStream.range(0, shape.count()).mapToObj(e -> {
            var path = "mlp.experts." + e + ".";
            var gate = part(layer, "gate_up_proj", shape, e, 0, 2); // gate and up take turns in the file
            var up = part(layer, "gate_up_proj", shape, e, 1, 2);
            var down = part(layer, "down_proj", shape, e, 0, 1);
            return new MlpSpec(Activation.CLAMPED_SWIGLU, List.of(gate.reading(path + "gate_proj", "ffn_gate_exps", width, inner, true),
                    up.reading(path + "up_proj", "ffn_up_exps", width, inner, true)),
                    down.writing(path + "down_proj", "ffn_down_exps", inner, width, true));
        }).toList();
        return new ExpertsSpec(layer.reading("mlp.router", "ffn_gate_inp", width, shape.count(), true), experts, shape.topK(), true);
    }

    private static BlueprintDraft part(BlueprintDraft layer, String tensor, ExpertsShape shape, int expert, int first, int step) {
        return layer.slice(expert).partOf(new Part("mlp.experts." + tensor, expert, shape.count(), first, step));
    }

    // ---- GGUF ----

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("gpt-oss");
    }

    @Override
    public ObjectNode readGguf(GgufSettings m) {
        var json = LlamaStyle.super.readGguf(m);
        var inner = m.need("expert_feed_forward_length");
        json.put("attention_bias", m.has("blk.0.attn_q.bias")).put("num_local_experts", m.need("expert_count"))
                .put("num_experts_per_tok", m.need("expert_used_count")).put("intermediate_size", inner);
        LayerSettings.addPattern(json, json.path("num_hidden_layers").asInt(), PATTERN);
        if (json.path("rope_scaling") instanceof ObjectNode scaling) scaling.put("truncate", false); // as the models were trained
        else json.putObject("rope_parameters").put("rope_type", "default");
        return json;
    }

    @Override
    public void writeGguf(ModelConfig c, BiConsumer<String, Object> setting) {
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            if (c.layers().get(i).slidingWindow() > 0 == ((i + 1) % PATTERN == 0))
                throw new ModelException("GGUF has no GPT-OSS with other layer_types than sliding and full in turns.");
        }
        if (c.rope().orElseThrow().scaling() instanceof Rope.Yarn yarn && yarn.truncate())
            throw new ModelException("GGUF has no GPT-OSS whose rope_scaling has truncate true.");
        var shape = c.experts().orElseThrow();
        setting.accept("expert_count", shape.count());
        setting.accept("expert_used_count", shape.topK());
        setting.accept("expert_feed_forward_length", shape.intermediateSize());
    }

    // ---- config.json ----

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        var shape = c.experts().orElseThrow();
        json.put("hidden_act", "silu").put("attention_bias", c.attention().qkvBias()).put("num_local_experts", shape.count())
                .put("num_experts_per_tok", shape.topK()).put("intermediate_size", shape.intermediateSize());
        LayerSettings.writeAlternating(c, json);
        var rope = c.rope().orElseThrow();
        if (rope.scaling() instanceof Rope.Default)
            json.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", rope.theta()); // else it means YaRN
    }
}
