package dev.parley.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StandardErrorsTest {

    private static List<double[]> samples(int n, int seed) {
        var random = new SplittableRandom(seed);
        var samples = new ArrayList<double[]>();
        for (int i = 0; i < n; i++) samples.add(new double[] {-random.nextDouble(20, 60), random.nextInt(10, 30)});
        return samples;
    }

    @Test
    void theErrorOfAMeanIsTheDeviationByTheRootOfN() {
        var samples = List.of(new double[] {1}, new double[] {0}, new double[] {0}, new double[] {1}, new double[] {1});
        assertEquals(Math.sqrt(0.3 / 5), StandardErrors.of(Aggregation.MEAN, samples, 1).getAsDouble(), 1e-12); // variance 1.2/4
        assertTrue(StandardErrors.of(Aggregation.MEAN, samples.subList(0, 1), 1).isEmpty());
        assertTrue(StandardErrors.of(Aggregation.MEAN, samples, 0).isEmpty());
    }

    /** Two ways to the same: the spread of the figure over samples that are drawn anew from where these came from. */
    @Test
    void linearisedErrorsTellHowFarOtherSamplesLie() {
        for (var aggregation : new Aggregation[] {Aggregation.BITS_PER_BYTE, Aggregation.WEIGHTED_PERPLEXITY}) {
            var figures = IntStream.range(0, 2000).mapToDouble(i -> aggregation.of(samples(200, i))).toArray();
            var spread = StandardErrors.deviation(figures);
            var error = StandardErrors.linearised(aggregation, samples(200, 1)).getAsDouble();
            assertEquals(1, error / spread, 0.15); // one sample's own estimate, which is 10 % off now and then
        }
    }

    @Test
    void theBootstrapAgreesWithTheFormulaWhereThereIsOne() {
        var samples = samples(300, 5);
        var scaled = samples.stream().map(s -> new double[] {s[0] / 100}).toList();
        var small = Aggregation.PERPLEXITY.of(scaled) * StandardErrors.of(Aggregation.MEAN, scaled, 1).getAsDouble();
        assertEquals(1, StandardErrors.of(Aggregation.PERPLEXITY, scaled, 20_000).getAsDouble() / small, 0.03);
    }

    @Test
    void f1AndMatthewsAreThoseOfTheirCounts() {
        var samples = new ArrayList<double[]>(); // 6 true positives, 2 false ones, 3 missed, 9 true negatives
        for (int i = 0; i < 20; i++) samples.add(new double[] {i < 9 ? 1 : 0, i < 6 || i >= 18 ? 1 : 0});
        assertEquals(12 / 17.0, Aggregation.F1.of(samples), 1e-12);
        assertEquals((6 * 9 - 2 * 3) / Math.sqrt(8 * 9 * 11 * 12), Aggregation.MATTHEWS.of(samples), 1e-12);
    }

    @Test
    void theErrorOfAGroupIsThatOfItsSamplesTogetherWhereItsTasksAreAlike() {
        var random = new SplittableRandom(1);
        var all = new ArrayList<double[]>();
        for (int i = 0; i < 4000; i++) all.add(new double[] {random.nextDouble() < 0.4 ? 1 : 0});
        var parts = List.of(all.subList(0, 1000), all.subList(1000, 4000));
        var pooled = StandardErrors.pooled(
                parts.stream().mapToDouble(p -> StandardErrors.of(Aggregation.MEAN, p, 1).getAsDouble()).toArray(),
                new long[] {1000, 3000});
        assertEquals(StandardErrors.of(Aggregation.MEAN, all, 1).getAsDouble(), pooled, 1e-5);
    }
}
