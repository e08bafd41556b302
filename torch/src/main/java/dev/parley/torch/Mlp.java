package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** The perceptron of a layer, as its {@link Blueprint.Activation} says. */
final class Mlp implements FeedForward {

    private final MlpSpec spec;
    private final Linear up;
    private final Linear down;

    Mlp(Parameters parameters, MlpSpec spec) {
        this.spec = spec;
        up = new Linear(parameters, spec.up());
        down = new Linear(parameters, spec.down());
    }

    @Override
    public Tensor forward(Tensor x, DType computeType) { // x: (B, T, C)
        var m = spec.down().in();
        var inner = switch (spec.activation()) { // (B, T, M)
            case GELU -> Functional.geluNew(up.forward(x, computeType));
            case GELU_ERF -> Functional.gelu(up.forward(x, computeType));
            case GATED_SILU -> {
                var gateAndUp = up.split(x, computeType, m, m);
                yield Functional.silu(gateAndUp.getFirst()).mul(gateAndUp.getLast());
            }
            case GATED_GELU -> {
                var gateAndUp = up.split(x, computeType, m, m);
                yield Functional.geluNew(gateAndUp.getFirst()).mul(gateAndUp.getLast());
            }
        };
        return down.forward(inner, computeType); // (B, T, C)
    }
}
