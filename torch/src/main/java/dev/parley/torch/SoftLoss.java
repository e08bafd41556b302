package dev.parley.torch;

/**
 * How a student is to become like its teacher, where both say how likely each token is to come next: at each target
 * alpha · T² · D + (1 - alpha) · (-ln p of the target), Hinton et al. 2015 (arXiv:1503.02531), with p and q softmax(scores / T) of
 * student and teacher in the divergence D. T² keeps its gradient as large as that of the other part.
 *
 * @param temperature T; above 1, tokens that the teacher thinks unlikely tell more
 * @param alpha how much the teacher counts beside the text, from 0 to 1
 * @param beta which divergence: 0 for KL(q, p), 1 for the reverse, KL(p, q), and between them the generalised Jensen-Shannon divergence
 *     beta KL(q, m) + (1 - beta) KL(p, m) with m = beta q + (1 - beta) p, Agarwal et al. 2023 (arXiv:2306.13649), section 2
 */
public record SoftLoss(double temperature, double alpha, double beta) {

    /** KL(q, p) of the tokens' own likelihoods alone. */
    public static final SoftLoss DEFAULT = new SoftLoss(1, 1, 0);

    /** @throws IllegalArgumentException if a number is out of its range */
    public SoftLoss {
        if (!(temperature > 0) || Double.isInfinite(temperature))
            throw new IllegalArgumentException("temperature is " + temperature + "; it is above 0.");
        if (!(alpha >= 0 && alpha <= 1)) throw new IllegalArgumentException("alpha is " + alpha + "; it is from 0 to 1.");
        if (!(beta >= 0 && beta <= 1)) throw new IllegalArgumentException("beta is " + beta + "; it is from 0 to 1.");
    }

    /** The divergence by its name: kl, reverse_kl or jsd. */
    public String divergence() {
        return beta == 0 ? "kl" : beta == 1 ? "reverse_kl" : "jsd";
    }
}
