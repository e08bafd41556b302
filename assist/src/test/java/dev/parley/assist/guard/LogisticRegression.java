package dev.parley.assist.guard;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A linear classifier over sparse yes-or-no features: fitted by stochastic gradient descent with AdaGrad's steps (Duchi et al. 2011) on
 * the logistic loss with an L2 penalty. A row counts as a vector of length one. The same examples give the same weights.
 */
record LogisticRegression(float[] weights, float bias) {

    private static final int EPOCHS = 30;
    private static final double STEP = 0.5;
    private static final double PENALTY = 2e-5;

    /**
     * Fits to examples.
     *
     * @param rows the features of each, below {@code features}
     * @param positive whether each is what is looked for
     * @param counts what each counts
     */
    static LogisticRegression fit(List<int[]> rows, boolean[] positive, double[] counts, int features) {
        var weights = new float[features];
        var squares = new float[features];
        Arrays.fill(squares, 1e-3f);
        var bias = 0.0;
        var order = new int[rows.size()];
        Arrays.setAll(order, i -> i);
        var random = new Random(1);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            shuffle(order, random);
            for (int i : order) {
                var row = rows.get(i);
                var error = counts[i] * (1 / (1 + StrictMath.exp(-score(row, weights, bias))) - (positive[i] ? 1 : 0));
                var value = error / Math.sqrt(Math.max(row.length, 1));
                for (int feature : row) {
                    var gradient = value + PENALTY * weights[feature];
                    squares[feature] += (float) (gradient * gradient);
                    weights[feature] -= (float) (STEP * gradient / Math.sqrt(squares[feature]));
                }
                bias -= STEP * 0.01 * error;
            }
        }
        return new LogisticRegression(weights, (float) bias);
    }

    static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            var j = random.nextInt(i + 1);
            var kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }

    private static double score(int[] row, float[] weights, double bias) {
        var sum = 0.0;
        for (int feature : row) sum += weights[feature];
        return bias + sum / Math.sqrt(Math.max(row.length, 1));
    }

    /** The log-odds. */
    double score(int[] row) {
        return score(row, weights, bias);
    }
}
