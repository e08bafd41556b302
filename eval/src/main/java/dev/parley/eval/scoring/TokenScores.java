package dev.parley.eval.scoring;

import java.util.Arrays;

/**
 * How likely each token of a continuation is after all tokens before it.
 *
 * @param logprobs ln p of each token
 * @param likeliest whether no other token was likelier in its place
 */
public record TokenScores(double[] logprobs, boolean[] likeliest) {

    /** ln p of the whole continuation. */
    public double sum() {
        return Arrays.stream(logprobs).sum();
    }

    /** Whether greedy decoding would have written it. */
    public boolean isGreedy() {
        for (var is : likeliest) if (!is) return false;
        return true;
    }
}
