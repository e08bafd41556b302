package dev.parley.explain;

import dev.parley.explain.Completeness.Sum;
import dev.parley.model.InputGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Attributions by the gradient of each target along the embeddings of the tokens before it. */
final class GradientAttributions {

    private static final int TOKENS_AT_ONCE = 2048;
    private static final int LOOKS = 64; // at the target on the way, which say where its gradients are to be taken

    private final InputGradients gradients;
    private final int[] ids;
    private final List<ExplainedToken> tokens;
    private final AnalysisListener listener;

    GradientAttributions(InputGradients gradients, ExplainedText text, List<ExplainedToken> tokens, AnalysisListener listener) {
        this.gradients = gradients;
        this.ids = text.ids();
        this.tokens = tokens;
        this.listener = listener;
    }

    /** The target's gradient times the embedding: what the token adds if the target were linear. */
    Attribution gradientTimesInput() {
        var rows = new ArrayList<double[]>();
        for (var token : tokens) {
            listener.at(Analysis.GRADIENT_X_INPUT, rows.size(), tokens.size());
            var x = gradients.embeddings(Arrays.copyOf(ids, token.position()));
            var slope = gradients.slopes(List.<float[][]>of(x), token.target()).getFirst();
            rows.add(products(x, slope.gradient()));
        }
        return Attribution.of(Analysis.GRADIENT_X_INPUT, rows);
    }

    /**
     * The gradient's mean on the straight way from a text of baseline tokens to the text, times that way (Sundararajan et al. 2017,
     * equation 1). The baseline is a token's embedding and not zero, where norms are not smooth.
     */
    Attribution integrated(int baseline, int steps) {
        var rows = new ArrayList<double[]>();
        var sums = new ArrayList<Sum>();
        for (var token : tokens) {
            var way = new Way(token, baseline);
            var values = way.values();
            var quadrature = Quadrature.along(values, steps);
            var row = new double[token.position()];
            for (int from = 0; from < steps; from += way.rowsAtOnce()) {
                listener.at(Analysis.INTEGRATED_GRADIENTS, rows.size() * steps + from, tokens.size() * steps);
                var to = Math.min(steps, from + way.rowsAtOnce());
                var slopes = gradients.slopes(Arrays.stream(quadrature.nodes(), from, to).mapToObj(way::at).toList(), token.target());
                for (int i = from; i < to; i++) {
                    var products = products(way.whole, slopes.get(i - from).gradient());
                    for (int t = 0; t < row.length; t++) row[t] += quadrature.weights()[i] * products[t];
                }
            }
            rows.add(row);
            sums.add(new Sum(DoubleStream.of(row).sum(), values[values.length - 1] - values[0]));
        }
        return Attribution.of(Analysis.INTEGRATED_GRADIENTS, rows).with(new Completeness(steps, sums));
    }

    /** The straight way from the baseline's embeddings to those of the text before a token. */
    private final class Way {

        private final ExplainedToken token;
        private final float[][] from;
        private final float[][] whole; // (T, C)

        Way(ExplainedToken token, int baseline) {
            this.token = token;
            var blank = new int[token.position()];
            Arrays.fill(blank, baseline);
            from = gradients.embeddings(blank);
            whole = gradients.embeddings(Arrays.copyOf(ids, token.position()));
            for (int t = 0; t < whole.length; t++) {
                for (int i = 0; i < whole[t].length; i++) whole[t][i] -= from[t][i];
            }
        }

        int rowsAtOnce() {
            return Math.max(1, TOKENS_AT_ONCE / whole.length);
        }

        float[][] at(double share) {
            var x = new float[whole.length][];
            for (int t = 0; t < x.length; t++) {
                x[t] = from[t].clone();
                for (int i = 0; i < x[t].length; i++) x[t][i] += (float) (share * whole[t][i]);
            }
            return x;
        }

        /** The target's value at equal distances, the ends included. */
        double[] values() {
            var values = new double[LOOKS + 1];
            for (int from = 0; from <= LOOKS; from += rowsAtOnce()) {
                var to = Math.min(LOOKS + 1, from + rowsAtOnce());
                var some = gradients.values(IntStream.range(from, to).mapToObj(i -> at((double) i / LOOKS)).toList(),
                        token.target());
                for (int i = from; i < to; i++) values[i] = some[i - from];
            }
            return values;
        }
    }

    private static double[] products(float[][] a, float[][] b) {
        var sums = new double[a.length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) sums[t] += (double) a[t][i] * b[t][i];
        }
        return sums;
    }
}
