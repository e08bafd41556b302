package dev.parley.model;

/** A number made of the scores (logits) after a text, whose reasons are asked for. */
public sealed interface Target {

    /** The token in question. */
    int token();

    /**
     * The number.
     *
     * @param scores of every token as the next, (V)
     */
    double value(float[] scores);

    /** Why this token: ln p(token), in nats. */
    record LogProbability(int token) implements Target {

        @Override
        public double value(float[] scores) {
            double highest = Double.NEGATIVE_INFINITY, sum = 0;
            for (var score : scores) highest = Math.max(highest, score);
            for (var score : scores) sum += Math.exp(score - highest);
            return scores[token] - highest - Math.log(sum);
        }
    }

    /** Why this token rather than the other: the difference of their logits, which is that of their log-probabilities. */
    record LogitDifference(int token, int other) implements Target {

        @Override
        public double value(float[] scores) {
            return scores[token] - scores[other];
        }
    }
}
