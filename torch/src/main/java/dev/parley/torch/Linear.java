package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameters.Parameter;
import java.util.Optional;

/** y = x W + b. Files hold the weight as (out, in), GPT-2's "Conv1D" as (in, out). */
final class Linear {

    private final Parameter weight;
    private final Optional<Parameter> bias;
    private final boolean inOut;
    private final int out;

    Linear(Parameters parameters, LinearSpec spec) {
        weight = parameters.get(spec.weight());
        bias = spec.bias().map(parameters::get);
        inOut = spec.weight().isInOut();
        out = spec.out();
    }

    int out() {
        return out;
    }

    Tensor forward(Tensor x, DType computeType) { // x: (…, in)
        var shape = x.shape();
        var flat = x.view(-1, shape[shape.length - 1]); // (N, in)
        shape[shape.length - 1] = out;
        var w = inOut ? weight.in(computeType) : weight.in(computeType).transpose(0, 1); // (in, out)
        return (bias.isPresent() ? Functional.affine(flat, w, bias.get().in(computeType)) : flat.matmul(w)).view(shape); // (…, out)
    }
}
