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

    private static final int WIDE = 2; // from this ratio on the detour over X Xᵀ is shorter
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
     * @param nsSteps of the Newton-Schulz iteration
     * @param gradientDivisor the gradient is divided by it first
     */
    void step(double learningRate, double beta, int nsSteps, double weightDecay, double gradientDivisor) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var gradient = parameter.value().grad();
            momentum.mulInPlace(beta).addInPlace(gradient, 1 / gradientDivisor);
            var update = orthogonalized(momentum.mul(beta).addInPlace(gradient, 1 / gradientDivisor), nsSteps);
            if (weightDecay > 0) parameter.value().mulInPlace(1 - learningRate * weightDecay);
            parameter.value().addInPlace(update, -learningRate * scale);
        }
    }

    /**
     * Pulls the singular values of a matrix towards 1 by an odd polynomial of it, several times over: X := (a + b S + c S²) X with
     * S = X Xᵀ, after X was divided by its length. The coefficients are Jordan's: the slope at 0 is as steep as can be.
     */
    static Tensor orthogonalized(Tensor matrix, int steps) {
        try (var scope = Scope.open()) {
            var tall = matrix.size(0) > matrix.size(1);
            var x = (tall ? matrix.transpose(0, 1) : matrix).contiguous(); // (m, n), the shorter side first
            x = x.mul(1 / (x.norm().item() + 1e-7));
            x = x.size(1) >= WIDE * x.size(0) ? byGram(x, steps) : byProducts(x, steps);
            return scope.keep(tall ? x.transpose(0, 1) : x);
        }
    }

    private static Tensor byProducts(Tensor x, int steps) { // x: (m, n)
        for (int i = 0; i < steps; i++) x = polynomial(x.matmul(x.transpose(0, 1))).matmul(x).addInPlace(x, A);
        return x;
    }

    /**
     * The same with fewer operations where the matrix is much wider than high. All factors are polynomials of the first S and
     * so commute: their product is gathered among (m, m) matrices, where S after a step is Q S Q, and meets X once, at the end.
     */
    private static Tensor byGram(Tensor x, int steps) { // x: (m, n)
        var s = x.matmul(x.transpose(0, 1)); // (m, m)
        Tensor factors = null;
        for (int i = 0; i < steps; i++) {
            var p = polynomial(s);
            factors = factors == null ? p.add(identity(p).mul(A)) : p.matmul(factors).addInPlace(factors, A);
            if (i + 1 == steps) break;
            var qs = p.matmul(s).addInPlace(s, A); // Q S
            s = p.matmul(qs).addInPlace(qs, A); // Q S Q
        }
        return factors.matmul(x);
    }

    /** b S + c S². */
    private static Tensor polynomial(Tensor s) {
        return s.mul(B).addInPlace(s.matmul(s), C);
    }

    private static Tensor identity(Tensor like) {
        var n = (int) like.size(0);
        var ones = new float[n * n];
        for (int i = 0; i < n; i++) ones[i * (n + 1)] = 1;
        return Tensor.ofFloats(ones, n, n);
    }

    @Override
    public void close() {
        momentum.close();
    }
}
