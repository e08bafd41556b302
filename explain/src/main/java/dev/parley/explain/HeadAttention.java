package dev.parley.explain;

import dev.parley.model.Trace;
import java.util.ArrayList;
import java.util.List;

/**
 * What each head looks at when an explained token is predicted.
 *
 * @param weights for each explained token, layer and head: how much it gives to each token before, (N, L, H, position)
 */
public record HeadAttention(List<float[][][]> weights) {

    static HeadAttention of(Trace trace, List<ExplainedToken> tokens) {
        return new HeadAttention(tokens.stream().map(token -> trace.attention()[token.position() - 1]).toList());
    }

    /** The mean over layers and heads. */
    Attribution mean() {
        var rows = new ArrayList<double[]>();
        for (var layers : weights) {
            var mean = new double[layers[0][0].length];
            for (var heads : layers) {
                for (var head : heads) {
                    for (int s = 0; s < mean.length; s++) mean[s] += head[s] / (layers.length * heads.length);
                }
            }
            rows.add(mean);
        }
        return Attribution.of(Analysis.ATTENTION, rows);
    }

    /**
     * Attention rollout, Abnar and Zuidema 2020 (arXiv:2005.00928), section 3: a layer mixes tokens by half its heads' mean and half the
     * residual stream, and the layers' mixtures are multiplied. Here row by row, from the last layer down.
     */
    static Attribution rollout(Trace trace, List<ExplainedToken> tokens) {
        var mixtures = new ArrayList<double[][]>();
        for (int l = 0; l < trace.layers(); l++) mixtures.add(mixture(trace, l));
        var rows = new ArrayList<double[]>();
        for (var token : tokens) {
            var row = new double[token.position()];
            row[token.position() - 1] = 1;
            for (var mixture : mixtures.reversed()) row = product(row, mixture);
            rows.add(row);
        }
        return Attribution.of(Analysis.ROLLOUT, rows);
    }

    /** (T, T), the upper half left out. */
    private static double[][] mixture(Trace trace, int layer) {
        var rows = new double[trace.attention().length][];
        for (int t = 0; t < rows.length; t++) {
            var heads = trace.attention()[t][layer];
            rows[t] = new double[heads[0].length];
            for (var head : heads) {
                for (int s = 0; s < head.length; s++) rows[t][s] += 0.5 * head[s] / heads.length;
            }
            rows[t][t] += 0.5;
        }
        return rows;
    }

    private static double[] product(double[] row, double[][] matrix) {
        var product = new double[row.length];
        for (int t = 0; t < row.length; t++) {
            if (row[t] == 0) continue;
            for (int s = 0; s <= t; s++) product[s] += row[t] * matrix[t][s];
        }
        return product;
    }
}
