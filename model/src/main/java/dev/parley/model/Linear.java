package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.model.Parameters.Use;
import dev.parley.kernels.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/** y = x W + b. Files hold the weight as (out, in), GPT-2's "Conv1D" as (in, out). */
final class Linear {

    private final Parameter weight;
    private final Optional<Parameter> bias;
    private final boolean inOut;
    private final int out;

    /** A product that reads the residual stream: its outputs are divided among heads or neurons. @param bias whether one is added */
    static Linear reading(Parameters parameters, ModelConfig config, int in, int out, boolean bias) {
        return new Linear(parameters, config, in, out, bias, false);
    }

    /** One that writes to it. */
    static Linear writing(Parameters parameters, ModelConfig config, int in, int out, boolean bias) {
        return new Linear(parameters, config, in, out, bias, true);
    }

    private Linear(Parameters parameters, ModelConfig config, int in, int out, boolean bias, boolean writes) {
        inOut = config.family().conv1d();
        this.out = out;
        // Writers start smaller, by their number; Radford et al. 2019, section 2.3.
        var init = Init.normal(config.initializerRange() / (writes ? Math.sqrt(2.0 * config.numHiddenLayers()) : 1));
        weight = inOut ? parameters.makeMatrix("weight", Use.MATRIX_IN_OUT, init, writes ? 0 : 1, in, out)
                : parameters.makeMatrix("weight", Use.MATRIX, init, writes ? 1 : 0, out, in);
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
