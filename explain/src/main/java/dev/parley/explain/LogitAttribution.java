package dev.parley.explain;

import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelWeights;
import dev.parley.model.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Direct logit attribution (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"): the residual stream is a sum, and
 * with the last norm's scale held at what it is the logit is linear in it, so that each part has its share.
 *
 * @param tokens of each explained token
 */
public record LogitAttribution(List<Shares> tokens) {

    /**
     * The shares of a token's logit, or of the difference of two.
     *
     * @param logit as the model computes it
     * @param embedding share of the token embedding, with its learned position
     * @param attention share of each layer's attention
     * @param mlp share of each layer's MLP
     * @param shift share of the last norm's shift, which is the same in every text
     */
    public record Shares(double logit, double embedding, double[] attention, double[] mlp, double shift) {

        /** What all shares add up to: the logit, but for rounding. */
        public double sum() {
            return embedding + DoubleStream.of(attention).sum() + DoubleStream.of(mlp).sum() + shift;
        }
    }

    static LogitAttribution of(CausalLM model, TracedText traced, List<ExplainedToken> tokens) {
        var all = new ArrayList<Shares>();
        try (var session = model.openSession(0, false)) {
            for (var token : tokens) {
                var trace = traced.trace();
                var t = traced.row(token);
                var residual = trace.residual(t, trace.layers());
                var scores = session.scores(new float[][] {residual})[0];
                var direction = direction(model, token.target());
                var norm = model.config().blueprint().head().norm();
                var linear = Linear.of(model.weights(), norm, residual, direction);
                double[] attention = new double[trace.layers()], mlp = new double[trace.layers()];
                for (int l = 0; l < trace.layers(); l++) {
                    attention[l] = linear.share(trace.ofAttention(l, t));
                    mlp[l] = linear.share(trace.ofMlp(l, t));
                }
                all.add(new Shares(logit(scores, token.target()), linear.share(trace.embeddings()[t]), attention, mlp, linear.shift));
            }
        }
        return new LogitAttribution(all);
    }

    private static double logit(float[] scores, Target target) {
        return switch (target) {
            case Target.LogProbability(var token) -> scores[token];
            case Target.LogitDifference difference -> difference.value(scores);
        };
    }

    /** The head's row of the token, less that of the other. */
    private static float[] direction(CausalLM model, Target target) {
        var head = model.weights().matrix(model.config().blueprint().head().weight());
        var row = new float[head.columns()];
        head.row(target.token(), row, 0);
        if (target instanceof Target.LogitDifference(var token, var other)) {
            var rest = new float[row.length];
            head.row(other, rest, 0);
            for (int i = 0; i < row.length; i++) row[i] -= rest[i];
        }
        return row;
    }

    /** The way from the residual stream to a logit, with the norm's divisor held: weights that a part is multiplied by. */
    private record Linear(double[] weights, boolean centred, double shift) {

        static Linear of(ModelWeights weights, NormSpec norm, float[] residual, float[] direction) {
            var scale = weights.vector(norm.scale());
            var centred = norm.shift().isPresent(); // a layer norm
            double mean = centred ? mean(residual) : 0, squares = 0, shift = 0;
            for (var x : residual) squares += (x - mean) * (x - mean);
            var divisor = Math.sqrt(squares / residual.length + norm.epsilon());
            var all = new double[residual.length];
            for (int i = 0; i < all.length; i++) all[i] = (double) scale[i] * direction[i] / divisor;
            if (centred) {
                var shifts = weights.vector(norm.shift().get());
                for (int i = 0; i < all.length; i++) shift += (double) shifts[i] * direction[i];
            }
            return new Linear(all, centred, shift);
        }

        double share(float[] part) {
            double mean = centred ? mean(part) : 0, share = 0;
            for (int i = 0; i < part.length; i++) share += weights[i] * (part[i] - mean);
            return share;
        }

        private static double mean(float[] x) {
            var sum = 0.0;
            for (var value : x) sum += value;
            return sum / x.length;
        }
    }
}
