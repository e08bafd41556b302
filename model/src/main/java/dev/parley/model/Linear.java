package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** y = x W + b, the weight as (in, out): GPT-2's "Conv1D". */
final class Linear {

    private final Parameter weight;
    private final Parameter bias;

    Linear(Parameters parameters, int in, int out, Init init) {
        weight = parameters.makeMatrix("weight", init, in, out);
        bias = parameters.make("bias", Init.constant(0), out);
    }

    Tensor forward(Tensor x, DType computeType) { // x: (…, in)
        var shape = x.shape();
        var out = weight.shape()[1];
        var flat = x.view(-1, shape[shape.length - 1]); // (N, in)
        shape[shape.length - 1] = out;
        return Functional.affine(flat, weight.in(computeType), bias.in(computeType)).view(shape); // (…, out)
    }
}
