package dev.parley.model.families;

import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.Blueprint.Norms;
import dev.parley.model.BlueprintDraft;
import dev.parley.model.ModelConfig;
import java.util.Optional;

/** What OLMo 2 and 3 share: norms after the branches and none before, and one over all queries and over all keys. */
interface Olmo extends LlamaStyle {

    @Override
    default boolean qkvBias(boolean attentionBias) {
        return refuseBias(attentionBias);
    }

    @Override
    default boolean outputBias(boolean attentionBias) {
        return refuseBias(attentionBias);
    }

    private static boolean refuseBias(boolean bias) {
        if (bias) throw new IllegalArgumentException("attention_bias is true, and this version of Parley has it not in OLMo.");
        return false;
    }

    @Override
    default Optional<NormSpec> headNorm(ModelConfig c, BlueprintDraft layer, String name, String ggufName) {
        return Optional.of(layer.rmsNorm(name, ggufName, name.endsWith("q_norm") ? c.querySize() : c.keyValueSize()));
    }

    @Override
    default Norms mixerNorms(BlueprintDraft layer, int width) {
        return Norms.after(layer.rmsNorm("post_attention_layernorm", "post_attention_norm", width));
    }

    @Override
    default Norms mlpNorms(BlueprintDraft layer, int width) {
        return Norms.after(layer.rmsNorm("post_feedforward_layernorm", "post_ffw_norm", width));
    }

    @Override
    default Optional<String> ggufArchitecture() {
        return Optional.of("olmo2");
    }
}
