package dev.parley.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.Blueprint.Activation;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.EmbeddingSpec;
import dev.parley.model.Blueprint.HeadSpec;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.ModelConfig.AttentionShape;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.MlpShape;
import dev.parley.model.ModelConfig.Positions;
import dev.parley.model.ModelConfig.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A family that nobody published, all of it in this file: layer norms with rotary positions, queries, keys and values in one matrix
 * of one bias, gate and up in one, a window in every second layer, a head of its own. No family of Parley joins its parts so.
 */
public record ToyFamily() implements Family {

    @Override
    public String modelType() {
        return "toy";
    }

    @Override
    public String architecture() {
        return "ToyForCausalLM";
    }

    @Override
    public ModelConfig read(ConfigSettings s) {
        int width = s.integer("width", 16), heads = s.integer("heads", 4), depth = s.layers("depth", 2), window = s.integer("window", 3);
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < depth; i++) layers.add(new Layer(true, i % 2 == 0 ? 0 : window));
        return new ModelConfig(this, s.integer("vocab_size", 40), width, Positions.rotary(s.integer("context", 32), Rope.plain(10_000)),
                layers,
                new AttentionShape(heads, heads / 2, width / heads, true, false), new MlpShape(s.integer("inner", 24), false), 1e-5, false,
                Training.PLAIN,
                s.specialTokens(-1));
    }

    @Override
    public void write(ModelConfig c, ObjectNode json) {
        json.put("width", c.hiddenSize()).put("heads", c.numAttentionHeads()).put("depth", c.numHiddenLayers())
                .put("context", c.maxPositionEmbeddings())
                .put("inner", c.intermediateSize()).put("window", c.layers().getLast().slidingWindow());
    }

    @Override
    public Blueprint blueprint(ModelConfig c) {
        int width = c.hiddenSize(), inner = c.intermediateSize();
        var draft = BlueprintDraft.of(c);
        var tokens = draft.tokens("net.tokens", "token_embd");
        var layers = new ArrayList<LayerSpec>();
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            var layer = draft.under("net.layer" + i + ".", "blk." + i + ".");
            var qkv = layer.reading("qkv", "attn_qkv", width, c.querySize() + 2 * c.keyValueSize(), true);
            layers.add(new LayerSpec(layer.layerNorm("norm1", "attn_norm", width),
                    new AttentionSpec(c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), c.attentionScale(i), c.rope(i),
                            c.layers().get(i).slidingWindow(),
                            List.of(qkv), Optional.empty(), Optional.empty(), layer.writing("out", "attn_output", width, width, false)),
                    layer.layerNorm("norm2", "ffn_norm", width),
                    new MlpSpec(Activation.GATED_SILU, List.of(layer.reading("gate_up", "ffn_up", width, 2 * inner, false)),
                            layer.writing("down", "ffn_down", inner, width, false))));
        }
        return new Blueprint("net.", List.of(), new EmbeddingSpec(tokens, Optional.empty()), layers,
                new HeadSpec(draft.layerNorm("net.last", "output_norm", width), draft.head("scores", "output"), false));
    }

    /** The config that a config.json without a single size says. */
    public static ModelConfig small() {
        return new ModelConfig(new ToyFamily(), 40, 16, Positions.rotary(32, Rope.plain(10_000)),
                List.of(new Layer(true, 0), new Layer(true, 3)),
                new AttentionShape(4, 2, 4, true, false), new MlpShape(24, false), 1e-5, false, Training.PLAIN,
                new ModelConfig.SpecialTokens(-1, Collections.emptyList()));
    }
}
