package dev.parley.train.objective;

/**
 * How answers that were tried are learned from, as TRL names it.
 *
 * @param lossType what the losses of tokens are divided by
 * @param scaleRewards what advantages are divided by
 * @param epsilon how far below 1 the ratio of new to old probability may go
 * @param epsilonHigh how far above 1
 * @param beta how dear it is to move away from the reference; 0 for no reference
 * @param numIterations steps in which the same answers are learned from
 * @param maskTruncatedCompletions whether answers that were cut off are compared, but not learned from
 */
public record GrpoSettings(GrpoLoss lossType, ScaleRewards scaleRewards, double epsilon, double epsilonHigh, double beta, int numIterations,
        boolean maskTruncatedCompletions) {

    /** DAPO's loss, advantages by the group's spread, bounds of 0.2, no reference, one step for each answer. */
    public static final GrpoSettings DEFAULT = new GrpoSettings(GrpoLoss.DAPO, ScaleRewards.GROUP, 0.2, 0.2, 0, 1, false);

    /** @throws IllegalArgumentException if a number is out of its range */
    public GrpoSettings {
        if (!(epsilon > 0 && epsilon < 1)) throw new IllegalArgumentException("epsilon is " + epsilon + "; it is above 0 and below 1.");
        if (!(epsilonHigh > 0) || Double.isInfinite(epsilonHigh))
            throw new IllegalArgumentException("epsilon_high is " + epsilonHigh + "; it is above 0.");
        if (!(beta >= 0) || Double.isInfinite(beta)) throw new IllegalArgumentException("beta is " + beta + "; it is 0 or more.");
        if (numIterations < 1) throw new IllegalArgumentException("num_iterations is " + numIterations + "; it is 1 or more.");
    }

    /** The same with another loss. */
    public GrpoSettings withLossType(GrpoLoss loss) {
        return new GrpoSettings(loss, scaleRewards, epsilon, epsilonHigh, beta, numIterations, maskTruncatedCompletions);
    }

    /** The same with a price for moving away from the reference. */
    public GrpoSettings withBeta(double price) {
        return new GrpoSettings(lossType, scaleRewards, epsilon, epsilonHigh, price, numIterations, maskTruncatedCompletions);
    }

    /** The same with so many steps for the same answers. */
    public GrpoSettings withNumIterations(int steps) {
        return new GrpoSettings(lossType, scaleRewards, epsilon, epsilonHigh, beta, steps, maskTruncatedCompletions);
    }

    ClippedToken.Bounds bounds() {
        return new ClippedToken.Bounds(epsilon, epsilonHigh, beta);
    }
}
