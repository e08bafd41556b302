package dev.parley.model.families;

import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ConfigSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.List;
import java.util.Optional;

/** What Qwen3 and its mixture of experts share: heads of a size of their own, normed one by one, and a window that is switched on. */
interface Qwen3Style extends LlamaStyle {

    @Override
    default int headDim(ConfigSettings s, int hidden, int heads) {
        return s.integer("head_dim", 128);
    }

    @Override
    default Optional<NormSpec> headNorm(ModelConfig c, BlueprintDraft layer, String name, String ggufName) {
        return Optional.of(layer.rmsNorm(name, ggufName, c.headDim()));
    }

    @Override
    default List<Layer> layers(ConfigSettings s, int count) {
        return LayerSettings.of(s, count, LayerSettings.switchedWindow(s), s.integer("max_window_layers", 28));
    }
}
