package dev.parley.torch;

import dev.parley.model.Blueprint;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.ShortConvSpec;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.tensor.Tensor;

/** A layer's first branch. */
sealed interface Mixer permits Attention, ShortConvolution {

    /**
     * @param x (B, T, C), of the compute type, as the result
     * @param cache of the tokens before, to which these are added; null for none
     */
    Tensor forward(Tensor x, ForwardContext pass, KvCache.Layer cache);

    static Mixer of(Parameters parameters, Blueprint.Mixer spec, Dropout dropout) {
        return switch (spec) {
            case AttentionSpec attention -> new Attention(parameters, attention, dropout.attention());
            case ShortConvSpec convolution -> new ShortConvolution(parameters, convolution);
        };
    }
}
