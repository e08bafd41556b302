package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.model.Parameters.Use;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/** y = x W + b. Files hold the weight as (out, in), GPT-2's "Conv1D" as (in, out). */
final class Linear {

    private final Parameter weight;
    private final Optional<Parameter> bias;
    private final boolean inOut;
    private final int out;

    /** @param bias whether one is added */
    Linear(Parameters parameters, ModelConfig config, int in, int out, boolean bias, Init init) {
        inOut = config.family().conv1d();
        this.out = out;
        weight = inOut ? parameters.make("weight", Use.MATRIX_IN_OUT, init, in, out) : parameters.make("weight", Use.MATRIX, init, out, in);
        this.bias = bias ? Optional.of(parameters.make("bias", Use.VECTOR, Init.constant(0), out)) : Optional.empty();
    }

    Tensor forward(Tensor x, DType computeType) { // x: (…, in)
        var shape = x.shape();
        var flat = x.view(-1, shape[shape.length - 1]); // (N, in)
        shape[shape.length - 1] = out;
        var w = inOut ? weight.in(computeType) : weight.in(computeType).transpose(0, 1); // (in, out)
        return (bias.isPresent() ? Functional.affine(flat, w, bias.get().in(computeType)) : flat.matmul(w)).view(shape); // (…, out)
    }
}
