package dev.parley.cli.quickstart;

import dev.parley.eval.Score;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a quickstart usually reaches, and how much it must read for that: so that a run can say beforehand what will suffer,
 * and afterwards what did.
 *
 * @param score its name
 * @param value of a default run on two cores; a part of 1, or bits per byte
 * @param least where it is worth something
 * @param millionTokens of training after which it usually is
 */
record Usual(String score, double value, double least, double millionTokens) {

    /** Of the default run on two cores limited to AVX2, as docs/benchmarks.md has it. */
    static final List<Usual> ALL = List.of(
            new Usual("spelling", 0.83, 0.50, 1.0),
            new Usual("sums to 20", 0.95, 0.70, 0.9),
            new Usual("chat topics", 0.91, 0.70, 0.7),
            new Usual("bits per byte, held-out text", 2.05, 2.30, 0.6));

    /** Tokens after which all of it is worth something. */
    static double tokensOfAUsefulModel() {
        return 1e6 * ALL.stream().mapToDouble(Usual::millionTokens).max().orElseThrow();
    }

    /** What this run will hardly learn. */
    static List<String> beyond(double tokens) {
        return ALL.stream().filter(u -> u.millionTokens() * 1e6 > tokens).map(Usual::score).toList();
    }

    static Optional<Usual> of(String score) {
        return ALL.stream().filter(u -> u.score().equals(score)).findFirst();
    }

    /** What is usual, in words for beside a score. */
    String text() {
        return isBits() ? String.format(Locale.ROOT, "usual %.2f", value) : String.format(Locale.ROOT, "usual %.0f %%", 100 * value);
    }

    /** Whether a score is so low that the model should not be shown to anybody. */
    boolean isMissedBy(Score score) {
        return isBits() ? score.value() > least : score.value() < least;
    }

    private boolean isBits() {
        return value > 1;
    }

    /** Scores that fall short, by name. */
    static List<String> missed(Map<String, Score> scores) {
        return ALL.stream().filter(u -> scores.containsKey(u.score()) && u.isMissedBy(scores.get(u.score()))).map(Usual::score).toList();
    }
}
