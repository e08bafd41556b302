package dev.parley.explain;

import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.Trace;
import java.util.Arrays;
import java.util.List;

/**
 * What passes over a text compute, as far as it is asked for: all of it would be gigabytes for a long text.
 *
 * @param trace of the tokens that predict, from the one before the first explained token on
 * @param from the first of these
 * @param means of the heads' attention in each layer, (L, T, S); empty unless they were asked for
 */
record TracedText(Trace trace, int from, float[][][] means) {

    private static final int PIECE = 32; // tokens whose heads are held at once

    /**
     * @param withMeans whether the means of the heads are wanted, of all tokens
     */
    static TracedText of(CausalLM model, ExplainedText text, List<ExplainedToken> tokens, boolean withMeans) {
        int from = tokens.getFirst().position() - 1, end = tokens.getLast().position();
        var ids = text.ids();
        var means = new float[withMeans ? model.config().numHiddenLayers() : 0][end][];
        try (var session = model.openSession(0, false); var sequence = session.open()) {
            if (!withMeans && from > 0) session.feed(List.of(new Feed(sequence, Arrays.copyOf(ids, from), Scored.NONE, false)));
            for (int at = 0; withMeans && at < from; at += PIECE) {
                keepMeans(session.trace(sequence, Arrays.copyOfRange(ids, at, Math.min(from, at + PIECE))), at, means);
            }
            var trace = session.trace(sequence, Arrays.copyOfRange(ids, from, end));
            keepMeans(trace, from, means);
            return new TracedText(trace, from, means);
        }
    }

    private static void keepMeans(Trace trace, int at, float[][][] means) {
        for (int l = 0; l < means.length; l++) {
            for (int t = 0; t < trace.attention().length; t++) {
                var heads = trace.attention()[t][l];
                var mean = new float[heads[0].length];
                for (var head : heads) {
                    for (int s = 0; s < mean.length; s++) mean[s] += head[s] / heads.length;
                }
                means[l][at + t] = mean;
            }
        }
    }

    int layers() {
        return trace.layers();
    }

    /** The number in the trace of the token that predicts another. */
    int row(ExplainedToken token) {
        return token.position() - 1 - from;
    }

    /** What the heads look at when a token is predicted, (L, H, position). */
    float[][][] attention(ExplainedToken token) {
        return trace.attention()[row(token)];
    }

    /** The residual stream that a token is predicted from, after so many layers. */
    float[] residual(ExplainedToken token, int afterLayers) {
        return trace.residual(row(token), afterLayers);
    }
}
