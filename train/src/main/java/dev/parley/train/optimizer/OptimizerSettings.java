package dev.parley.train.optimizer;

/**
 * What an {@link Optimizer} goes by.
 *
 * @param optim which one
 * @param learningRate the highest of AdamW; Muon's follows the same schedule
 * @param weightDecay of weights of two dimensions
 * @param maxGradNorm the longest gradient; 0 for any
 * @param adamW AdamW's own
 * @param muon Muon's own
 */
public record OptimizerSettings(Optim optim, double learningRate, double weightDecay, double maxGradNorm, AdamWSettings adamW,
        MuonSettings muon) {

    /**
     * What AdamW remembers.
     *
     * @param beta1 decay of the mean of the gradient
     * @param beta2 decay of the mean of its square
     * @param epsilon added to the root of that
     */
    public record AdamWSettings(double beta1, double beta2, double epsilon) {}

    /**
     * How matrices are orthogonalised.
     *
     * @param learningRate the highest
     * @param momentum decay of the mean of the gradient
     * @param polynomials of the iteration
     * @param steps of it
     * @param blockSize rows that are orthogonalised together; 0 for the whole matrix
     */
    public record MuonSettings(double learningRate, double momentum, NewtonSchulz polynomials, int steps, int blockSize) {}

    /** What gradients of a length are divided by, so that they are at most as long as is allowed. */
    double divisor(double gradNorm) {
        return maxGradNorm > 0 ? Math.max(1, (gradNorm + 1e-6) / maxGradNorm) : 1;
    }
}
