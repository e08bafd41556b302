package dev.parley.train;

import dev.parley.model.Parameters.Parameter;
import dev.parley.tensor.DType;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/**
 * Muon for one matrix: its momentum is replaced by the nearest matrix whose singular values are all about 1, so that a
 * step moves every direction that the gradient knows of as far as the loudest. Jordan et al. 2024
 * (kellerjordan.github.io/posts/muon), with Nesterov's momentum.
 */
final class Muon implements AutoCloseable {

    private static final int STEPS = 5;
    private static final double A = 3.4445;
    private static final double B = -4.775;
    private static final double C = 2.0315;

    private final Parameter parameter;
    private final Tensor momentum;
    private final double scale;

    Muon(Parameter parameter) {
        this.parameter = parameter;
        momentum = Scope.detach(Tensor.zeros(DType.FLOAT32, parameter.shape()));
        scale = Math.sqrt(Math.max(1.0, (double) parameter.outFeatures() / parameter.inFeatures()));
    }

    Parameter parameter() {
        return parameter;
    }

    Tensor momentum() {
        return momentum;
    }

    /**
     * Updates the matrix in place.
     *
     * @param beta memory of the momentum
     * @param gradientDivisor the gradient is divided by it first
     */
    void step(double learningRate, double beta, double weightDecay, double gradientDivisor) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var gradient = parameter.value().grad();
            momentum.mulInPlace(beta).addInPlace(gradient, 1 / gradientDivisor);
            var update = orthogonalized(momentum.mul(beta).addInPlace(gradient, 1 / gradientDivisor));
            if (weightDecay > 0) parameter.value().mulInPlace(1 - learningRate * weightDecay);
            parameter.value().addInPlace(update, -learningRate * scale);
        }
    }

    /**
     * Pulls the singular values of a matrix towards 1 by an odd polynomial of it, five times over: a X + (b S + c S²) X with
     * S = X Xᵀ, after X was divided by its length. The coefficients are Jordan's: the slope at 0 is as steep as can be.
     */
    static Tensor orthogonalized(Tensor matrix) {
        try (var scope = Scope.open()) {
            var tall = matrix.size(0) > matrix.size(1);
            var x = (tall ? matrix.transpose(0, 1) : matrix).contiguous(); // the shorter side first
            x = x.mul(1 / (x.norm().item() + 1e-7));
            for (int i = 0; i < STEPS; i++) {
                var s = x.matmul(x.transpose(0, 1)); // (m, m)
                x = x.mul(A).addInPlace(s.mul(B).addInPlace(s.matmul(s), C).matmul(x)); // (m, n)
            }
            return scope.keep(tall ? x.transpose(0, 1) : x);
        }
    }

    @Override
    public void close() {
        momentum.close();
    }
}
