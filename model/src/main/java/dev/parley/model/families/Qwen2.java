package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.List;
import java.util.Optional;

/**
 * Yang et al. 2024 (arXiv:2407.10671): Llama with biases on queries, keys and values, and a window in the upper layers where one is
 * switched on.
 */
public record Qwen2() implements LlamaStyle {

    @Override
    public String modelType() {
        return "qwen2";
    }

    @Override
    public String architecture() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public boolean qkvBias(boolean attentionBias) {
        return true;
    }

    @Override
    public boolean outputBias(boolean attentionBias) {
        return false;
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.of(s, count, LayerSettings.switchedWindow(s), s.integer("max_window_layers", 28));
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        LayerSettings.writeSwitched(c, json);
    }

    @Override
    public Optional<String> ggufArchitecture() {
        return Optional.of("qwen2");
    }
}
