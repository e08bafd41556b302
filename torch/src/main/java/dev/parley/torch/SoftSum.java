package dev.parley.torch;

/**
 * What a student came to beside its teacher, summed over the targets.
 *
 * @param loss of {@link SoftLoss}, in nats
 * @param divergence of the teacher's likelihoods and the student's, at the loss's temperature
 * @param nll -ln p of the targets themselves, by the student
 * @param agreed where the student's likeliest token is the teacher's
 * @param targets how many there were
 */
public record SoftSum(double loss, double divergence, double nll, long agreed, long targets) {

    /** Nothing yet. */
    public static final SoftSum NONE = new SoftSum(0, 0, 0, 0, 0);

    /** Both together. */
    public SoftSum plus(SoftSum other) {
        return new SoftSum(loss + other.loss, divergence + other.divergence, nll + other.nll, agreed + other.agreed,
                targets + other.targets);
    }
}
