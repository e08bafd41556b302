package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.Collections;
import java.util.List;

/** OLMo et al. 2024 (arXiv:2501.00656): Llama with norms after its branches, none before, and one over all queries and over all keys. */
public record Olmo2() implements Olmo {

    @Override
    public String modelType() {
        return "olmo2";
    }

    @Override
    public String architecture() {
        return "Olmo2ForCausalLM";
    }

    @Override
    public List<Layer> layers(ConfigSettings s, int count) {
        return Collections.nCopies(count, Layer.PLAIN);
    }

    @Override
    public void writeOwn(ModelConfig c, ObjectNode json) {
        json.put("attention_bias", false);
    }

    @Override
    public boolean recognises(GgufSettings m) {
        return Olmo.super.recognises(m) && m.whole("attention.sliding_window").orElse(0L) <= 0;
    }
}
