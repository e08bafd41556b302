package dev.parley.eval.metrics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How much of a text's n-grams a reference has: counts of a sample, of which sums over all samples make one figure. As sacrebleu 2.6 does
 * by default, which lm-evaluation-harness calls.
 */
public final class TextOverlap {

    private static final int WORDS = 4; // in the longest n-gram of BLEU
    private static final int CHARACTERS = 6; // in that of chrF
    private static final double BETA_SQUARED = 4; // recall counts twice as much as precision

    private static final Pattern SPACES = Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS); // as Python has them

    private TextOverlap() {}

    /**
     * Papineni et al. 2002: of n-grams of 1 to 4 words those that the reference has and all, then the words of both texts, its
     * own first.
     */
    public static double[] bleu(String reference, String said) {
        List<String> hers = words(reference), its = words(said);
        var counts = new double[2 * WORDS + 2];
        for (int n = 1; n <= WORDS; n++) {
            var all = ngrams(its, n);
            counts[n - 1] = common(all, ngrams(hers, n));
            counts[WORDS + n - 1] = total(all);
        }
        counts[2 * WORDS] = its.size();
        counts[2 * WORDS + 1] = hers.size();
        return counts;
    }

    /** The figure of sums of {@link #bleu(String, String)}, of 100; an n without anything in common counts half of what the last did. */
    static double bleu(double[] sums) {
        double sumOfLogs = 0, halved = 1, right = 0;
        for (int n = 0; n < WORDS; n++) {
            right += sums[n];
            if (sums[WORDS + n] == 0) return 0;
            if (sums[n] == 0) halved *= 2;
            sumOfLogs += Math.log(100 * (sums[n] == 0 ? 1 / halved : sums[n]) / sums[WORDS + n]);
        }
        if (right == 0) return 0;
        double said = sums[2 * WORDS], reference = sums[2 * WORDS + 1];
        return (said < reference ? Math.exp(1 - reference / said) : 1) * Math.exp(sumOfLogs / WORDS);
    }

    /** Popović 2015: for n-grams of 1 to 6 characters, white space left out, those of the text, of the reference, and of both. */
    public static double[] chrf(String reference, String said) {
        List<String> hers = characters(reference), its = characters(said);
        var counts = new double[3 * CHARACTERS];
        for (int n = 1; n <= CHARACTERS; n++) {
            Map<List<String>, Integer> all = ngrams(its, n), wanted = ngrams(hers, n);
            counts[3 * n - 3] = wanted.isEmpty() ? 0 : total(all);
            counts[3 * n - 2] = total(wanted);
            counts[3 * n - 1] = common(all, wanted);
        }
        return counts;
    }

    /** The figure of sums of {@link #chrf(String, String)}, of 100: F2 of the mean precision and recall of the orders that both have. */
    static double chrf(double[] sums) {
        double precision = 0, recall = 0;
        var orders = 0;
        for (int n = 0; n < CHARACTERS; n++) {
            if (sums[3 * n] == 0 || sums[3 * n + 1] == 0) continue;
            precision += sums[3 * n + 2] / sums[3 * n];
            recall += sums[3 * n + 2] / sums[3 * n + 1];
            orders++;
        }
        if (precision + recall == 0) return 0;
        return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall) / orders;
    }

    // ---- n-grams ----

    private static Map<List<String>, Integer> ngrams(List<String> of, int n) {
        var counts = new HashMap<List<String>, Integer>();
        for (int i = 0; i + n <= of.size(); i++) counts.merge(of.subList(i, i + n), 1, Integer::sum);
        return counts;
    }

    private static int total(Map<List<String>, Integer> counts) {
        return counts.values().stream().mapToInt(c -> c).sum();
    }

    private static int common(Map<List<String>, Integer> a, Map<List<String>, Integer> b) {
        return a.entrySet().stream().mapToInt(e -> Math.min(e.getValue(), b.getOrDefault(e.getKey(), 0))).sum();
    }

    private static List<String> characters(String text) {
        return SPACES.matcher(text).replaceAll("").codePoints().mapToObj(Character::toString).toList();
    }

    /**
     * Words as NIST's mteval-v13a cuts them: marks apart, but full stops and commas within numbers, and dashes that follow no digit, stay.
     */
    static List<String> words(String text) {
        var spaced = text.stripTrailing().replace("<skipped>", "").replace("-\n", "").replace('\n', ' ')
                .replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        spaced = (" " + spaced + " ").replaceAll("([{-~\\[-` -&(-+:-@/])", " $1 ").replaceAll("([^0-9])([.,])", "$1 $2 ")
                .replaceAll("([.,])([^0-9])", " $1 $2").replaceAll("([0-9])(-)", "$1 $2 ");
        return Arrays.stream(SPACES.split(spaced)).filter(w -> !w.isEmpty()).toList();
    }
}
