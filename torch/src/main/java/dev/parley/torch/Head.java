package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.HeadSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/**
 * From what the last norm gives to the scores of every token as the next one.
 *
 * @param weight (V, C); may be the token embeddings
 */
record Head(Parameter weight, Rule rule) {

    /**
     * What the scores are: h W^T · scale, bounded by cap · tanh(score / cap).
     *
     * @param softcap 0 for no bound
     */
    record Rule(double scale, double softcap) {

        /** The products themselves. */
        static final Rule PLAIN = new Rule(1, 0);

        /** Vectors whose products with the matrix are the scores, before they are bounded. */
        Tensor scaled(Tensor hidden) {
            return scale == 1 ? hidden : hidden.mul(scale);
        }

        /** Scores as they count. */
        Tensor bounded(Tensor scores) {
            return softcap == 0 ? scores : Functional.softcap(scores, softcap);
        }

        /**
         * Scores to learn from: of the type of the vectors, but in float32 where they are bounded, since tanh' is small beside 1.
         *
         * @param vectors (n, C), scaled
         * @param matrix (V, C)
         */
        Tensor scores(Tensor vectors, Tensor matrix) {
            var scores = vectors.matmul(matrix.transpose(0, 1)); // (n, V)
            return softcap == 0 ? scores : bounded(scores.to(DType.FLOAT32));
        }

        /** The derivative of bounded scores in the scores before: 1 - (bounded / cap)²; empty for no bound. */
        Optional<Tensor> slope(Tensor bounded) {
            if (softcap == 0) return Optional.empty();
            var share = bounded.mul(1 / softcap);
            return Optional.of(share.mul(share).mul(-1).add(1));
        }
    }

    static Head of(Parameters parameters, HeadSpec spec) {
        return new Head(parameters.get(spec.weight()), new Rule(spec.scale(), spec.softcap()));
    }

    /** Its matrix for products, (V, C). */
    Tensor matrix(DType computeType) {
        return weight.in(computeType);
    }

    /** hidden: (…, C); result: (…, V), of the compute type. */
    Tensor scores(Tensor hidden, DType computeType) {
        return rule.bounded(rule.scaled(hidden).matmul(matrix(computeType).transpose(0, 1)));
    }
}
