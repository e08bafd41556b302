package dev.parley.torch;

/** A sum of -ln p, in nats, over a number of targets. */
public record LossSum(double sum, long targets) {

    /** The mean of -ln p; NaN over no targets. */
    public double mean() {
        return sum / targets;
    }

    /** Both together. */
    public LossSum plus(LossSum other) {
        return new LossSum(sum + other.sum, targets + other.targets);
    }
}
