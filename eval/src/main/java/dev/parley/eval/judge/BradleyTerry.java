package dev.parley.eval.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;

/**
 * Ranks models by choices between two of them: the chance that one is chosen over another is its strength's part of both strengths
 * (Bradley and Terry 1952, Biometrika 39, 324), found by Hunter's iteration (2004, Ann. Stat. 32, 384). A tie is half a win for each. To
 * each pair that met, half a win for either side is added, so that a model which won every time has a finite rating. Intervals are the
 * middle 95 % over resamples of the choices.
 */
public final class BradleyTerry {

    private static final double PRIOR = 0.5;
    private static final double PER_FACTOR = 400 / Math.log(10); // Elo's scale: 400 points are odds of ten to one
    private static final double AVERAGE = 1000;

    /** Which of two answers was better. */
    public enum Choice { FIRST, SECOND, TIE }

    /** A choice between the answers of two models. */
    public record Game(String first, String second, Choice choice) {}

    /**
     * A model's place.
     *
     * @param rating on Elo's scale, 1000 on average
     * @param low lower end of the interval of 95 %
     * @param rank 1 and the number of models that are surely better, by intervals
     */
    public record Rating(String model, double rating, double low, double high, long games, int rank) {}

    private BradleyTerry() {}

    /**
     * The models, the best first.
     *
     * @param resamples for the intervals
     * @throws IllegalArgumentException if there is no choice between two models
     */
    public static List<Rating> of(List<Game> played, int resamples, long seed) {
        var games = played.stream().filter(g -> !g.first.equals(g.second)).toList();
        if (games.isEmpty()) throw new IllegalArgumentException("There is no choice between answers of two different models.");
        var names = new TreeSet<String>();
        games.forEach(g -> {
            names.add(g.first);
            names.add(g.second);
        });
        var models = List.copyOf(names);
        var ratings = ratings(models, games, i -> i);
        var random = new SplittableRandom(seed);
        var drawn = new double[models.size()][resamples];
        for (int r = 0; r < resamples; r++) {
            var sample = ratings(models, games, i -> random.nextInt(games.size()));
            for (int m = 0; m < sample.length; m++) drawn[m][r] = sample[m];
        }
        return ranked(models, games, ratings, drawn);
    }

    private static List<Rating> ranked(List<String> models, List<Game> games, double[] ratings, double[][] drawn) {
        double[] low = new double[ratings.length], high = new double[ratings.length];
        for (int m = 0; m < ratings.length; m++) {
            Arrays.sort(drawn[m]);
            low[m] = drawn[m].length == 0 ? ratings[m] : drawn[m][(int) (0.025 * (drawn[m].length - 1))];
            high[m] = drawn[m].length == 0 ? ratings[m] : drawn[m][(int) Math.ceil(0.975 * (drawn[m].length - 1))];
        }
        var ranked = new ArrayList<Rating>();
        for (int m = 0; m < ratings.length; m++) {
            var name = models.get(m);
            var best = high[m];
            var better = (int) Arrays.stream(low).filter(l -> l > best).count();
            ranked.add(new Rating(name, ratings[m], low[m], high[m],
                    games.stream().filter(g -> g.first.equals(name) || g.second.equals(name)).count(), 1 + better));
        }
        ranked.sort(Comparator.comparingDouble(Rating::rating).reversed());
        return ranked;
    }

    /**
     * @param place which game stands at each place of the sample
     */
    private static double[] ratings(List<String> models, List<Game> games, IntUnaryOperator place) {
        var n = models.size();
        var wins = new double[n][n];
        for (var game : games) { // pairs that met keep their prior in every resample
            int a = models.indexOf(game.first), b = models.indexOf(game.second);
            wins[a][b] = PRIOR;
            wins[b][a] = PRIOR;
        }
        for (int i = 0; i < games.size(); i++) {
            var game = games.get(place.applyAsInt(i));
            int a = models.indexOf(game.first), b = models.indexOf(game.second);
            wins[a][b] += game.choice == Choice.FIRST ? 1 : game.choice == Choice.TIE ? 0.5 : 0;
            wins[b][a] += game.choice == Choice.SECOND ? 1 : game.choice == Choice.TIE ? 0.5 : 0;
        }
        return scaled(strengths(wins));
    }

    private static double[] strengths(double[][] wins) {
        var n = wins.length;
        var strength = new double[n];
        Arrays.fill(strength, 1);
        for (int step = 0; step < 10_000; step++) {
            var next = new double[n];
            for (int i = 0; i < n; i++) {
                double won = 0, expected = 0;
                for (int j = 0; j < n; j++) {
                    won += wins[i][j];
                    if (wins[i][j] + wins[j][i] > 0) expected += (wins[i][j] + wins[j][i]) / (strength[i] + strength[j]);
                }
                next[i] = won / expected;
            }
            var mean = Math.exp(Arrays.stream(next).map(Math::log).average().orElse(0));
            var moved = 0.0;
            for (int i = 0; i < n; i++) {
                next[i] /= mean;
                moved = Math.max(moved, Math.abs(Math.log(next[i] / strength[i])));
            }
            strength = next;
            if (moved < 1e-9) break;
        }
        return strength;
    }

    private static double[] scaled(double[] strengths) {
        return Arrays.stream(strengths).map(s -> AVERAGE + PER_FACTOR * Math.log(s)).toArray();
    }
}
