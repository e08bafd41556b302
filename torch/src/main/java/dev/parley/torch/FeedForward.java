package dev.parley.torch;

import dev.parley.model.Blueprint;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.tensor.Tensor;

/** A layer's second branch. */
sealed interface FeedForward permits Mlp, Experts {

    /** x: (B, T, C), of the compute type, as the result. */
    Tensor forward(Tensor x, ForwardContext pass);

    static FeedForward of(Parameters parameters, Blueprint.FeedForward spec) {
        return switch (spec) {
            case MlpSpec mlp -> new Mlp(parameters, mlp);
            case ExpertsSpec experts -> new Experts(parameters, experts);
        };
    }
}
