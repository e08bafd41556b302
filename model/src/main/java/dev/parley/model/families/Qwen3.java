package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.AttentionShape;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.ModelConfig.MlpShape;
import dev.parley.model.ModelConfig.Positions;
import dev.parley.model.ModelConfig.SpecialTokens;
import dev.parley.model.ModelConfig.Training;
import dev.parley.model.Rope;
import java.util.Collections;
import java.util.Optional;

/** Yang et al. 2025 (arXiv:2505.09388): Llama with a norm on each head's queries and keys (Henry et al. 2020, arXiv:2010.04245). */
public record Qwen3() implements Qwen3Style {

    /** A new model without biases and dropout, embeddings tied, the end of text being token 0. */
    public static ModelConfig config(int vocabSize, int maxPositionEmbeddings, int hiddenSize, int layers, int heads, int kvHeads,
            int intermediateSize) {
        return new ModelConfig(new Qwen3(), vocabSize, hiddenSize, Positions.rotary(maxPositionEmbeddings, Rope.plain(10_000)),
                Collections.nCopies(layers, Layer.PLAIN), new AttentionShape(heads, kvHeads, hiddenSize / Math.max(1, heads), false, false),
                new MlpShape(intermediateSize, false), 1e-6, true, Training.PLAIN, SpecialTokens.one(0));
    }

    @Override
    public String modelType() {
        return "qwen3";
    }

    @Override
    public String architecture() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", c.attention().qkvBias());
        LayerSettings.writeSwitched(c, json);
    }

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("qwen3");
    }
}
