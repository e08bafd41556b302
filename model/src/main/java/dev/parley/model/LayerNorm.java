package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** Layer normalisation with a learned scale and shift, computed in float32; Ba et al. 2016 (arXiv:1607.06450). */
final class LayerNorm {

    private final Parameter weight;
    private final Parameter bias;
    private final double epsilon;

    LayerNorm(Parameters parameters, Gpt2Config config) {
        weight = parameters.makeFloat32("weight", Init.constant(1), config.nEmbd());
        bias = parameters.makeFloat32("bias", Init.constant(0), config.nEmbd());
        epsilon = config.layerNormEpsilon();
    }

    Tensor forward(Tensor x, DType computeType) { // x: (B, T, C), float32
        return Functional.layerNorm(x, weight.value(), bias.value(), epsilon).to(computeType);
    }
}
