package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.model.Parameters.Use;
import dev.parley.kernels.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** Normalisation with learned scales, computed in float32: a layer norm, or a root mean square norm. */
sealed interface Norm {

    /** x: (…, C), float32; the result is of the compute type. */
    Tensor forward(Tensor x, DType computeType);

    /** The norm of a family. @param size of the last dimension */
    static Norm of(Parameters parameters, ModelConfig config, int size) {
        var weight = parameters.make("weight", Use.NORM, Init.constant(1), size);
        return config.family().layerNorm() ? new Layer(weight, parameters.make("bias", Use.NORM, Init.constant(0), size), config.normEpsilon())
                : new RootMeanSquare(weight, config.normEpsilon());
    }

    /** Ba et al. 2016 (arXiv:1607.06450). */
    record Layer(Parameter weight, Parameter bias, double epsilon) implements Norm {

        @Override
        public Tensor forward(Tensor x, DType computeType) {
            return Functional.layerNorm(x, weight.value(), bias.value(), epsilon).to(computeType);
        }
    }

    /** Zhang and Sennrich 2019 (arXiv:1910.07467). */
    record RootMeanSquare(Parameter weight, double epsilon) implements Norm {

        @Override
        public Tensor forward(Tensor x, DType computeType) {
            return Functional.rmsNorm(x, weight.value(), epsilon).to(computeType);
        }
    }
}
