package dev.parley.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.train.objective.ClippedToken.Bounds;
import org.junit.jupiter.api.Test;

/** The formulas against numbers worked out by hand, and against differences in float64. */
class ClippedTokenTest {

    private static final Bounds EVEN = new Bounds(0.2, 0.2, 0);
    private static final Bounds WIDE = new Bounds(0.2, 0.28, 0); // DAPO's

    private static ClippedToken token(double p, double old, double reference, double advantage) {
        return new ClippedToken(Math.log(p), Math.log(old), Math.log(reference), advantage);
    }

    @Test
    void aGoodAnswerIsPulledUpToTheUpperBoundOnly() {
        var token = token(0.5, 0.4, 1, 2); // ratio 1.25
        assertEquals(-2.4, token.loss(EVEN), 1e-12);
        assertEquals(0, token.slope(EVEN), 0.0);
        assertTrue(token.isClippedHigh(EVEN));
        assertEquals(-2.5, token.loss(WIDE), 1e-12);
        assertEquals(-2.5, token.slope(WIDE), 1e-12);
        assertFalse(token.isClippedHigh(WIDE));
    }

    @Test
    void aBadAnswerIsPushedDownToTheLowerBoundOnly() {
        assertEquals(0.8, token(0.35, 0.5, 1, -1).loss(EVEN), 1e-12); // ratio 0.7
        assertEquals(0, token(0.35, 0.5, 1, -1).slope(EVEN), 0.0);
        assertEquals(1.25, token(0.5, 0.4, 1, -1).loss(EVEN), 1e-12); // a bad one that has risen is pushed all the more
        assertEquals(1.25, token(0.5, 0.4, 1, -1).slope(EVEN), 1e-12);
    }

    @Test
    void theDistanceFromTheReferenceIsThatOfTheThirdEstimator() {
        assertEquals(0.193147180559945, token(0.5, 0.5, 0.25, 0).divergence(), 1e-12); // 1/2 + ln 2 - 1
        assertEquals(0.901387711331891, token(0.25, 0.5, 0.75, 0).divergence(), 1e-12); // 3 - ln 3 - 1
        assertEquals(0, token(0.3, 0.5, 0.3, 0).divergence(), 0.0);
        assertEquals(-1 + 0.1 * 0.193147180559945, token(0.5, 0.5, 0.25, 1).loss(new Bounds(0.2, 0.2, 0.1)), 1e-12);
    }

    @Test
    void slopesAreTheDifferencesOfTheLoss() {
        var h = 1e-6;
        for (var bounds : new Bounds[] {EVEN, WIDE, new Bounds(0.2, 0.28, 0.3)}) {
            for (var p : new double[] {0.1, 0.3, 0.39, 0.41, 0.52, 0.9}) {
                for (var advantage : new double[] {-1.5, 0, 0.7}) {
                    var now = Math.log(p);
                    var up = new ClippedToken(now + h, Math.log(0.4), Math.log(0.2), advantage).loss(bounds);
                    var down = new ClippedToken(now - h, Math.log(0.4), Math.log(0.2), advantage).loss(bounds);
                    assertEquals((up - down) / (2 * h), new ClippedToken(now, Math.log(0.4), Math.log(0.2), advantage).slope(bounds), 1e-7,
                            p + " " + advantage);
                }
            }
        }
    }

    @Test
    void aStepIsDividedByAnswersByTokensOrByAConstant() {
        var totals = new GrpoLoss.Totals(2, 8, 10); // answers of 2 and 6 tokens
        assertEquals(1 / 4.0, GrpoLoss.GRPO.weight(2, totals));
        assertEquals(1 / 12.0, GrpoLoss.GRPO.weight(6, totals));
        assertEquals(1 / 8.0, GrpoLoss.DAPO.weight(2, totals));
        assertEquals(1 / 8.0, GrpoLoss.DAPO.weight(6, totals));
        assertEquals(1 / 20.0, GrpoLoss.DR_GRPO.weight(2, totals));
    }

    @Test
    void advantagesAreRewardsAboveTheGroupsMean() {
        var rewards = new double[][] {{1, 0, 0, 1}, {0.1, 0.1, 0.1, 0.1}};
        var zeros = new double[4];
        var byGroup = ScaleRewards.GROUP.advantages(rewards);
        assertArrayEquals(new double[] {0.865875443, -0.865875443, -0.865875443, 0.865875443}, byGroup[0], 1e-6); // 0.5 / (0.57735 + 1e-4)
        assertArrayEquals(zeros, byGroup[1], 1e-12);
        var byBatch = ScaleRewards.BATCH.advantages(new double[][] {{1, 0, 0, 1}, {1, 1, 1, 1}});
        assertArrayEquals(new double[] {1.0798902, -1.0798902, -1.0798902, 1.0798902}, byBatch[0], 1e-6); // 0.5 / (0.46291 + 1e-4)
        assertArrayEquals(new double[] {0.5, -0.5, -0.5, 0.5}, ScaleRewards.NONE.advantages(rewards)[0], 0.0);
    }
}
