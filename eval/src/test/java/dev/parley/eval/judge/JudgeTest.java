package dev.parley.eval.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.eval.judge.BradleyTerry.Choice;
import dev.parley.eval.judge.BradleyTerry.Game;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static List<String> labels(Object... counted) {
        var labels = new ArrayList<String>();
        for (int i = 0; i < counted.length; i += 2) labels.addAll(Collections.nCopies((Integer) counted[i + 1], (String) counted[i]));
        return labels;
    }

    @Test
    void kappaIsAgreementBeyondChance() {
        var first = labels("a", 60, "b", 20, "c", 20);
        var second = labels("a", 53, "b", 5, "c", 2, "a", 5, "b", 14, "c", 1, "a", 8, "b", 3, "c", 9);
        var agreement = Agreement.of(first, second);
        double observed = 0.76, chance = 0.60 * 0.66 + 0.20 * 0.22 + 0.20 * 0.12;
        assertEquals(observed, agreement.observed(), 1e-12);
        assertEquals((observed - chance) / (1 - chance), agreement.kappa(), 1e-12);
    }

    @Test
    void theErrorOfKappaTellsHowFarOtherItemsLie() {
        var random = new SplittableRandom(1);
        var kappas = new double[600];
        Agreement one = null;
        for (int r = 0; r < kappas.length; r++) {
            var first = new ArrayList<String>();
            var second = new ArrayList<String>();
            for (int i = 0; i < 300; i++) {
                var good = random.nextDouble() < 0.4;
                first.add(good ? "good" : "bad");
                second.add(random.nextDouble() < 0.8 == good ? "good" : "bad");
            }
            one = Agreement.of(first, second);
            kappas[r] = one.kappa();
        }
        var mean = Arrays.stream(kappas).average().orElseThrow();
        var spread = Math.sqrt(Arrays.stream(kappas).map(k -> (k - mean) * (k - mean)).sum() / (kappas.length - 1));
        assertEquals(1, one.stderr() / spread, 0.12); // 600 draws tell a spread to 3 %, one sample its error to some 5 %
        assertTrue(one.low() < mean && mean < one.high());
    }

    @Test
    void strengthsAreFoundWithinTheirIntervals() {
        double[] strengths = {8, 2, 1};
        var random = new SplittableRandom(5);
        var games = new ArrayList<Game>();
        for (int i = 0; i < 3000; i++) {
            int a = random.nextInt(3), b = (a + 1 + random.nextInt(2)) % 3;
            games.add(new Game("m" + a, "m" + b,
                    random.nextDouble() < strengths[a] / (strengths[a] + strengths[b]) ? Choice.FIRST : Choice.SECOND));
        }
        var ratings = BradleyTerry.of(games, 300, 1);
        var mean = (Math.log(8) + Math.log(2)) / 3;
        for (int m = 0; m < 3; m++) {
            var expected = 1000 + 400 / Math.log(10) * (Math.log(strengths[m]) - mean);
            var rating = ratings.get(m);
            assertEquals("m" + m, rating.model());
            assertTrue(rating.low() - 10 < expected && expected < rating.high() + 10, rating + " " + expected);
            assertEquals(m + 1, rating.rank());
        }
    }

    @Test
    void aModelThatAlwaysWinsHasAFiniteRating() {
        var ratings = BradleyTerry.of(Collections.nCopies(20, new Game("a", "b", Choice.FIRST)), 100, 1);
        assertEquals("a", ratings.getFirst().model());
        assertEquals(400 * Math.log10(20.5 / 0.5), ratings.get(0).rating() - ratings.get(1).rating(), 1e-3);
    }

    @Test
    void theLastVerdictCounts() {
        var judge = new Judge(null, Judge.template(Judge.DEFAULT_TEMPLATE, "test"), Pattern.compile(Judge.DEFAULT_VERDICT),
                UnaryOperator.identity(), 10);
        assertEquals(Optional.of("bad"), judge.verdict("A verdict: good would be wrong. **Verdict:** Bad."));
        assertEquals(Optional.of("4.5"), judge.verdict("Score: 4.5."));
        assertEquals(Optional.empty(), judge.verdict("I cannot say."));
    }
}
