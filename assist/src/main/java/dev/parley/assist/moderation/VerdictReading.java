package dev.parley.assist.moderation;

import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The probabilities of the words that a model could have said where it said one of them: those of the tokens at the place where the words
 * part. Works on texts, so that it does not matter how a tokenizer cuts the words.
 */
final class VerdictReading {

    private static final String ENDS = ",\n";

    private final Tokenizer tokenizer;
    private final List<TokenLogprob> said;
    private final int[] ids;

    /** @param said the tokens of the answer, each with the likeliest at its place */
    VerdictReading(Tokenizer tokenizer, List<TokenLogprob> said) {
        this.tokenizer = tokenizer;
        this.said = said;
        ids = said.stream().mapToInt(TokenLogprob::id).toArray();
    }

    /** The text of the first tokens, and one more in the place of the next. */
    private String text(int tokens, int next) {
        var all = Arrays.copyOf(ids, tokens + 1);
        all[tokens] = next;
        return tokenizer.decode(all, true);
    }

    private String text(int tokens) {
        return tokenizer.decode(Arrays.copyOf(ids, tokens), true);
    }

    /** Words with their probabilities, and the number of tokens before the one that decided. */
    record Choice(int tokensBefore, Map<String, Double> probabilities) {

        /** What all the words together have of the probability at that place: little if the model wanted to say something else. */
        double sum() {
            return probabilities.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /**
     * What was chosen of some words, none of which begins with another.
     *
     * @param lead what stands before the word
     * @throws GuardModelException if the answer is none of them
     */
    Choice choice(String lead, List<String> words) {
        for (int i = 0; i < ids.length; i++) {
            var chosen = fitting(lead, words, text(i, ids[i]));
            if (chosen.isEmpty()) break;
            if (chosen.size() == 1) return new Choice(i, probabilities(i, lead, words));
        }
        throw new GuardModelException("The guard model said “" + text(ids.length).strip() + "”, which is no verdict.");
    }

    private Map<String, Double> probabilities(int place, String lead, List<String> words) {
        var sums = new LinkedHashMap<String, Double>();
        for (var word : words) sums.put(word, 0.0);
        for (var token : said.get(place).top()) {
            var fitting = fitting(lead, words, text(place, token.id()));
            if (fitting.size() == 1) sums.merge(fitting.getFirst(), Math.exp(token.logprob()), Double::sum);
        }
        return sums;
    }

    /** Words that a text may become, or has become. */
    private static List<String> fitting(String lead, List<String> words, String text) {
        var begun = text.stripLeading();
        return words.stream().filter(word -> (lead + word).startsWith(begun) || begun.startsWith(lead + word)).toList();
    }

    /**
     * Labels of a list that was written, parted by commas, with how likely each was: 1 if it was written, else the most that it had at any
     * place of the list.
     */
    Map<String, Double> labels(List<String> labels) {
        var likely = new LinkedHashMap<String, Double>();
        var segment = "";
        var open = labels; // those that the label which is being written may become
        var path = 1.0;
        for (int i = 0; i < ids.length; i++) {
            var before = text(i).length() - segment.length();
            var after = segment(before, text(i, ids[i]));
            var ended = after.equals(segment);
            for (var label : open) {
                if (fits(label, after, ended)) continue;
                likely.merge(label, Math.min(1, path * mass(i, before, label, after)), Math::max);
            }
            open = open.stream().filter(label -> fits(label, after, ended)).toList();
            path *= Math.exp(said.get(i).logprob());
            segment = after;
            var comma = after.indexOf(',');
            if (comma < 0 && !ended) continue;
            open.stream().filter(label -> after.strip().startsWith(label)).forEach(label -> likely.put(label, 1.0));
            if (ended) break;
            segment = after.substring(comma + 1);
            path = 1;
            open = labels;
        }
        written(segment, labels).ifPresent(label -> likely.put(label, 1.0));
        return likely;
    }

    private static Optional<String> written(String segment, List<String> labels) {
        var written = segment.strip();
        return labels.stream().filter(written::equals).findFirst();
    }

    private static String segment(int from, String text) {
        return from >= text.length() ? "" : text.substring(from);
    }

    /** What the tokens at a place have that lead to a label and not to what was written. */
    private double mass(int place, int from, String label, String written) {
        var sum = 0.0;
        for (var token : said.get(place).top()) {
            var other = segment(from, text(place, token.id()));
            if (token.id() != ids[place] && !other.equals(written) && fits(label, other, false)) sum += Math.exp(token.logprob());
        }
        return sum;
    }

    /** Whether a text may become a label, or has become it. */
    private static boolean fits(String label, String text, boolean ended) {
        var begun = text.stripLeading();
        if (ended) return begun.strip().equals(label);
        return label.startsWith(begun) || begun.startsWith(label) && ENDS.indexOf(begun.charAt(label.length())) >= 0;
    }
}
