package dev.parley.generate.sampling;

import java.util.List;

/**
 * How likely a token was, by the model's own scores, before any processor.
 *
 * @param logprob ln p, natural logarithm
 * @param top the likeliest tokens at its place, likeliest first
 */
public record TokenLogprob(int id, double logprob, List<Alternative> top) {

    /** A token that could have come. */
    public record Alternative(int id, double logprob) {}

    /** @param alternatives how many are wanted */
    public static TokenLogprob of(int id, float[] logits, int alternatives) {
        var logprobs = Sampler.logSoftmax(logits);
        if (alternatives == 0) return new TokenLogprob(id, logprobs[id], List.of());
        var least = TopK.score(logprobs, Math.min(alternatives, logprobs.length));
        var top = new java.util.ArrayList<Alternative>();
        for (int i = 0; i < logprobs.length; i++) {
            if (logprobs[i] >= least) top.add(new Alternative(i, logprobs[i]));
        }
        top.sort(java.util.Comparator.comparingDouble(Alternative::logprob).reversed());
        return new TokenLogprob(id, logprobs[id], List.copyOf(top.subList(0, Math.min(alternatives, top.size()))));
    }
}
