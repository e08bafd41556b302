package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** Normalisation with learned scales, computed in float32: a layer norm, or a root mean square norm. */
sealed interface Norm {

    /** x: (…, C), float32; the result is of the compute type. */
    Tensor forward(Tensor x, DType computeType);

    /** A layer norm where there is a shift, else a root mean square norm. */
    static Norm of(Parameters parameters, NormSpec spec) {
        var scale = new Scale(parameters.get(spec.scale()), spec.scaleOffset());
        return spec.shift().<Norm>map(shift -> new Layer(scale, parameters.get(shift), spec.epsilon()))
                .orElse(new RootMeanSquare(scale, spec.epsilon()));
    }

    /** A learned scale. @param offset what is added to what is learned */
    record Scale(Parameter learned, double offset) {

        Tensor value() {
            return offset == 0 ? learned.value() : learned.value().add(offset);
        }
    }

    /** Ba et al. 2016 (arXiv:1607.06450). */
    record Layer(Scale weight, Parameter bias, double epsilon) implements Norm {

        @Override
        public Tensor forward(Tensor x, DType computeType) {
            return Functional.layerNorm(x, weight.value(), bias.value(), epsilon).to(computeType);
        }
    }

    /** Zhang and Sennrich 2019 (arXiv:1910.07467). */
    record RootMeanSquare(Scale weight, double epsilon) implements Norm {

        @Override
        public Tensor forward(Tensor x, DType computeType) {
            return Functional.rmsNorm(x, weight.value(), epsilon).to(computeType);
        }
    }
}
