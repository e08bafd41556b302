package dev.parley.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What each head looks at when an explained token is predicted.
 *
 * @param weights for each explained token, layer and head: how much it gives to each token before, (N, L, H, position). They add up to 1,
 *     or to less where the head has a sink, which takes the rest
 */
public record HeadAttention(List<float[][][]> weights) {

    static HeadAttention of(TracedText traced, List<ExplainedToken> tokens) {
        return new HeadAttention(tokens.stream().map(traced::attention).toList());
    }

    /** The mean over layers with attention, and over their heads. */
    Attribution mean() {
        var rows = new ArrayList<double[]>();
        for (var layers : weights) {
            var mean = new double[layers[0][0].length];
            var attentive = Arrays.stream(layers).filter(heads -> looks(heads[0])).toList();
            for (var heads : attentive) {
                for (var head : heads) {
                    for (int s = 0; s < mean.length; s++) mean[s] += head[s] / (attentive.size() * heads.length);
                }
            }
            rows.add(mean);
        }
        return Attribution.of(Analysis.ATTENTION, rows);
    }

    /**
     * Attention rollout, Abnar and Zuidema 2020 (arXiv:2005.00928), section 3: a layer mixes tokens by half its heads' mean and half the
     * residual stream, and the layers' mixtures are multiplied. Here row by row, from the last layer down. A layer without attention is
     * passed over; what sinks take comes from no token and is lost on the way, so that the scores then add up to less than 1.
     */
    static Attribution rollout(TracedText traced, List<ExplainedToken> tokens) {
        var rows = new ArrayList<double[]>();
        for (var token : tokens) {
            var row = new double[token.position()];
            row[token.position() - 1] = 1;
            for (int l = traced.layers() - 1; l >= 0; l--) row = mixed(row, traced.means()[l]);
            rows.add(row);
        }
        return Attribution.of(Analysis.ROLLOUT, rows);
    }

    /**
     * row (W/2 + I/2).
     *
     * @param means W, (T, S), the upper half left out
     */
    private static double[] mixed(double[] row, float[][] means) {
        var mixed = new double[row.length];
        for (int t = 0; t < row.length; t++) {
            if (row[t] == 0) continue;
            if (!looks(means[t])) {
                mixed[t] += row[t];
                continue;
            }
            for (int s = 0; s <= t; s++) mixed[s] += 0.5 * row[t] * means[t][s];
            mixed[t] += 0.5 * row[t];
        }
        return mixed;
    }

    /** Whether these are what a head gives to tokens, which adds up to 1; in layers without attention all are 0. */
    private static boolean looks(float[] head) {
        for (var weight : head) if (weight > 0) return true;
        return false;
    }
}
