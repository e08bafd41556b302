package dev.parley.assist.moderation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Rules of phrases, written by hand and read from a text file, that say something of each text that holds them. A line is a list
 * ({@code @person = him|her}), a rule ({@code label: condition}), or a phrase that means no harm whatever it holds
 * ({@code harmless: phrase}); {@code #} begins a remark.
 *
 * <p>A condition is a phrase ({@code kill ..2 you}), several that must stand in one sentence or in two neighbours, in any order
 * ({@code @chest & @pain}), and phrases that must not stand there ({@code @chest & @pain ! @exercise}).
 *
 * @param <T> what a rule says
 */
public final class PhraseRules<T> {

    private static final String HARMLESS = "harmless";
    private static final String NOTHING = ""; // in the place of a word that was found to be harmless

    private record Rule<T>(List<Phrase> needed, List<Phrase> excluded, T says) {}

    private final Map<Integer, List<Phrase>> harmless = new HashMap<>(); // by the letters that they begin with
    private final Map<Integer, List<Rule<T>>> rules = new HashMap<>(); // by the first letters of what is needed first
    private final Map<String, String> lists = new HashMap<>();
    private final Function<String, T> labels;

    private PhraseRules(Function<String, T> labels) {
        this.labels = labels;
    }

    /**
     * Reads rules.
     *
     * @param labels what a label says; throws an {@code IllegalArgumentException} for one that there is not
     * @throws IllegalArgumentException naming the line that is none
     */
    public static <T> PhraseRules<T> read(Reader text, Function<String, T> labels) throws IOException {
        var rules = new PhraseRules<>(labels);
        var reader = new BufferedReader(text);
        var number = 0;
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            try {
                rules.add(line.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Line " + number + " of the rules is none: " + e.getMessage(), e);
            }
        }
        return rules;
    }

    /** Reads the rules that stand beside a class. */
    public static <T> PhraseRules<T> load(Class<?> beside, String name, Function<String, T> labels) {
        try (var rules = new InputStreamReader(beside.getResourceAsStream(name), StandardCharsets.UTF_8)) {
            return read(rules, labels);
        } catch (IOException e) {
            throw new UncheckedIOException("The rules " + name + " cannot be read.", e);
        }
    }

    private void add(String line) {
        if (line.startsWith("@")) {
            var sides = line.split("\\s*=\\s*", 2);
            if (sides.length < 2) throw new IllegalArgumentException("a list needs a = and its phrases.");
            lists.put(sides[0], sides[1]);
            return;
        }
        var sides = line.split(":", 2);
        if (sides.length < 2) throw new IllegalArgumentException("what it says and the phrase are parted by a colon.");
        if (sides[0].equals(HARMLESS)) {
            var phrase = Phrase.of(sides[1], lists);
            for (var letter : phrase.firstLetters()) harmless.computeIfAbsent(letter, l -> new ArrayList<>()).add(phrase);
            return;
        }
        var parts = sides[1].split("\\s!\\s");
        var rule = new Rule<>(phrases(parts[0].split("\\s&\\s")), phrases(Arrays.copyOfRange(parts, 1, parts.length)),
                labels.apply(sides[0]));
        for (var letter : rule.needed().getFirst().firstLetters()) rules.computeIfAbsent(letter, l -> new ArrayList<>()).add(rule);
    }

    private List<Phrase> phrases(String[] written) {
        return Arrays.stream(written).map(phrase -> Phrase.of(phrase, lists)).toList();
    }

    /** What the rules say that a text meets, each once, in the order of the text. */
    public Set<T> found(String text) {
        var words = withoutHarmless(NormalizedWords.of(text));
        var met = new LinkedHashSet<Rule<T>>();
        for (int from = 0; from < words.size(); from++) {
            checkInterrupt();
            for (var rule : beginningWith(rules, words.get(from))) {
                if (!met.contains(rule) && rule.needed().getFirst().end(words, from) >= 0 && holdsAround(rule, words, from)) met.add(rule);
            }
        }
        var found = new LinkedHashSet<T>();
        for (var rule : met) found.add(rule.says());
        return found;
    }

    /** Whether the rest of a condition is met in the sentence of a word and its neighbours. */
    private static <T> boolean holdsAround(Rule<T> rule, List<String> words, int at) {
        if (rule.needed().size() == 1 && rule.excluded().isEmpty()) return true;
        var from = sentenceBegin(words, sentenceBegin(words, at) - 2);
        var to = sentenceEnd(words, sentenceEnd(words, at) + 1);
        for (var phrase : rule.needed().subList(1, rule.needed().size())) if (!occurs(phrase, words, from, to)) return false;
        for (var phrase : rule.excluded()) if (occurs(phrase, words, from, to)) return false;
        return true;
    }

    private static int sentenceBegin(List<String> words, int at) {
        while (at > 0 && !words.get(at - 1).equals(NormalizedWords.END)) at--;
        return Math.max(at, 0);
    }

    private static int sentenceEnd(List<String> words, int at) {
        while (at < words.size() && !words.get(at).equals(NormalizedWords.END)) at++;
        return Math.min(at, words.size());
    }

    private static boolean occurs(Phrase phrase, List<String> words, int from, int to) {
        for (int i = from; i < to; i++) if (phrase.end(words, i) >= 0) return true;
        return false;
    }

    private List<String> withoutHarmless(List<String> words) {
        var left = new ArrayList<>(words);
        for (int from = 0; from < words.size(); from++) {
            checkInterrupt();
            for (var phrase : beginningWith(harmless, words.get(from))) {
                var end = phrase.end(words, from);
                for (int i = from; i < end; i++) left.set(i, NOTHING);
            }
        }
        return left;
    }

    /** Who asked may have left. */
    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) throw new IllegalStateException("The judgement was interrupted.");
    }

    private static <R> List<R> beginningWith(Map<Integer, List<R>> rules, String word) {
        return word.isEmpty() ? List.of() : rules.getOrDefault(word.codePointAt(0), List.of());
    }
}
