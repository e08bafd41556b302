package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NextTokenLossTest {

    private static final int TOKENS = 40;
    private static final int WIDTH = 64;
    private static final int VOCABULARY = 513; // odd: rows of scores begin at odd places

    /**
     * Of targets that are the surer the larger the scale. Scores, and what the gradients are multiplied with, are bfloat16 with
     * eight bits, so that 1 % is what rounding once leaves; transformers, which makes float32 of the scores first, has no less.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.1, 0.15, 0.2, 0.3})
    void gradientsOfSureTokensInBfloat16AreThoseOfFloat64(double scale) {
        var random = new SplittableRandom(4);
        var head = new float[VOCABULARY * WIDTH];
        for (int i = 0; i < head.length; i++) head[i] = random.nextBoolean() ? 1 : -1; // exact in bfloat16
        var ids = new int[1][TOKENS + 1];
        for (int t = 0; t <= TOKENS; t++) ids[0][t] = random.nextInt(VOCABULARY);
        var hidden = new float[(TOKENS + 1) * WIDTH];
        for (int t = 0; t < TOKENS; t++) { // each looks like its target's row
            for (int c = 0; c < WIDTH; c++)
                hidden[t * WIDTH + c] = (float) (scale * head[ids[0][t + 1] * WIDTH + c] * (0.7 + 0.3 * random.nextDouble()));
        }
        try (var scope = Scope.open()) {
            var w = Tensor.ofFloats(head, VOCABULARY, WIDTH).to(DType.BFLOAT16);
            var leaf = Tensor.ofFloats(hidden, 1, TOKENS + 1, WIDTH).to(DType.BFLOAT16);
            var parameter = Tensor.ofFloats(head, VOCABULARY, WIDTH);
            leaf.requiresGrad(true);
            parameter.requiresGrad(true);
            var loss = new NextTokenLoss(w, Head.Rule.PLAIN, TrainingBatch.of(ids));
            var weights = new double[TOKENS];
            Arrays.fill(weights, -1);
            var sum = Arrays.stream(loss.backward(leaf, Optional.of(parameter), weights)).sum();

            float[] scores, h;
            try (var noGrad = NoGrad.open()) {
                scores = leaf.detach().view(TOKENS + 1, WIDTH).matmul(w.transpose(0, 1)).toFloats();
                h = leaf.detach().toFloats();
                var each = loss.each(leaf.detach()).toFloats();
                double total = 0;
                for (var e : each) total += e;
                assertEquals(sum, total, 1e-5 * sum);
            }
            double expectedSum = 0;
            var hGradient = new double[hidden.length];
            var wGradient = new double[head.length];
            for (int t = 0; t < TOKENS; t++) {
                var row = Arrays.copyOfRange(scores, t * VOCABULARY, (t + 1) * VOCABULARY);
                double highest = Double.NEGATIVE_INFINITY, all = 0;
                for (var s : row) highest = Math.max(highest, s);
                for (var s : row) all += Math.exp(s - highest);
                double others = 0;
                for (int v = 0; v < VOCABULARY; v++) others += v == ids[0][t + 1] ? 0 : Math.exp(row[v] - highest);
                expectedSum += Math.log1p(others / Math.exp(row[ids[0][t + 1]] - highest));
                for (int v = 0; v < VOCABULARY; v++) {
                    var g = v == ids[0][t + 1] ? -others / all : Math.exp(row[v] - highest) / all;
                    for (int c = 0; c < WIDTH; c++) {
                        hGradient[t * WIDTH + c] += g * head[v * WIDTH + c];
                        wGradient[v * WIDTH + c] += g * h[t * WIDTH + c];
                    }
                }
            }
            assertEquals(expectedSum, sum, 1e-4 * expectedSum, "mean loss " + expectedSum / TOKENS);
            assertTrue(error(hGradient, leaf.grad().toFloats()) < 0.01,
                    "hidden: " + error(hGradient, leaf.grad().toFloats()) + " at loss " + expectedSum / TOKENS);
            assertTrue(error(wGradient, parameter.grad().toFloats()) < 0.01, "head: " + error(wGradient, parameter.grad().toFloats()));
        }
    }

    /** The length of the difference, as a part of the length. */
    private static double error(double[] expected, float[] found) {
        double difference = 0, length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (expected[i] - found[i]) * (expected[i] - found[i]);
            length += expected[i] * expected[i];
        }
        return Math.sqrt(difference / length);
    }
}
