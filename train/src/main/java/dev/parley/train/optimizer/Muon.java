package dev.parley.train.optimizer;

import dev.parley.kernels.DType;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameter;
import dev.parley.train.optimizer.OptimizerSettings.MuonSettings;

/**
 * Muon for one matrix: its momentum is replaced by the nearest matrix whose singular values are all about 1, so that a
 * step moves every direction that the gradient knows of as far as the loudest. Jordan et al. 2024
 * (kellerjordan.github.io/posts/muon), with Nesterov's momentum. Heads and neurons can be taken in blocks, each by itself: for
 * a tenth of the products, and small models learn no less (docs/decisions.md).
 */
final class Muon implements AutoCloseable {

    private final Parameter parameter;
    private final MuonSettings settings;
    private final Tensor momentum;
    private final Blocks blocks;
    private final double scale;

    Muon(Parameter parameter, MuonSettings settings) {
        this.parameter = parameter;
        this.settings = settings;
        momentum = Scope.detach(Tensor.zeros(DType.FLOAT32, parameter.shape()));
        blocks = Blocks.of(parameter, settings.blockSize());
        scale = Math.sqrt((double) parameter.outFeatures() / blocks.rank());
    }

    /**
     * How a matrix is cut.
     *
     * @param dimension that is cut
     * @param size of a block there
     * @param count of blocks
     * @param other size of the other dimension
     */
    private record Blocks(int dimension, long size, long count, long other) {

        static Blocks of(Parameter parameter, int size) {
            var dimension = parameter.innerDimension();
            long inner = parameter.shape()[dimension], other = parameter.shape()[1 - dimension];
            var block = size > 0 && inner % size == 0 ? size : inner;
            return new Blocks(dimension, block, inner / block, other);
        }

        /** Singular values of all blocks; their root is the length of an update. */
        long rank() {
            return count * Math.min(size, other);
        }

        Tensor cut(Tensor matrix) { // (rows, columns) to (count, size, other)
            return dimension == 0 ? matrix.reshape(count, size, other) : matrix.transpose(0, 1).reshape(count, size, other);
        }

        Tensor join(Tensor cut) { // and back
            var inner = cut.reshape(count * size, other);
            return dimension == 0 ? inner : inner.transpose(0, 1);
        }
    }

    Parameter parameter() {
        return parameter;
    }

    Tensor momentum() {
        return momentum;
    }

    /**
     * Updates the matrix in place. Whatever its form and its blocks, the update of a rate of 1 has the length √out: all outputs
     * change alike.
     *
     * @param gradientDivisor the gradient is divided by it first
     */
    void step(double learningRate, double weightDecay, double gradientDivisor) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var gradient = parameter.gradient();
            var beta = settings.momentum();
            momentum.mulInPlace(beta).addInPlace(gradient, 1 / gradientDivisor);
            var direction = momentum.mul(beta).addInPlace(gradient, 1 / gradientDivisor);
            var update = blocks.join(settings.polynomials().orthogonalized(blocks.cut(direction), settings.steps()));
            if (weightDecay > 0) parameter.value().mulInPlace(1 - learningRate * weightDecay);
            parameter.value().addInPlace(update, -learningRate * scale);
        }
    }

    @Override
    public void close() {
        momentum.close();
    }
}
