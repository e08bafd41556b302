package dev.parley.assist.moderation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges by phrases that were written by hand, in English and Chinese. It finds plain threats, insults and requests, also where they are
 * spelt to be overlooked; it does not understand what it reads: what is said by hints, in other languages or over several sentences
 * passes, and some of what only quotes is flagged.
 */
public final class RuleModerator implements Moderator {

    private static final String RULES = "rules.txt";
    private static final String HARMLESS = "harmless";
    private static final String NOTHING = ""; // in the place of a word that was found to be harmless

    /** A phrase, and what it says of a text that holds it. */
    private record Rule(Phrase phrase, Map<Category, Double> scores) {}

    private final Map<Integer, List<Rule>> harmless = new HashMap<>(); // by the letters that they begin with
    private final Map<Integer, List<Rule>> rules = new HashMap<>();

    private RuleModerator() {}

    /** The moderator with the rules that Parley ships. */
    public static RuleModerator load() {
        try (var rules = new InputStreamReader(RuleModerator.class.getResourceAsStream(RULES), StandardCharsets.UTF_8)) {
            return read(rules);
        } catch (IOException e) {
            throw new UncheckedIOException("The rules of the moderator cannot be read.", e);
        }
    }

    /**
     * A moderator with rules of its own. A line is a list ({@code @person = him|her}), a rule ({@code 0.9 hate: phrase}, with several
     * categories by commas), or a phrase that means no harm whatever it holds ({@code harmless: phrase}); {@code #} begins a remark.
     *
     * @throws IllegalArgumentException naming the line that is none of these
     */
    public static RuleModerator read(Reader text) throws IOException {
        var moderator = new RuleModerator();
        var lists = new HashMap<String, String>();
        var reader = new BufferedReader(text);
        var number = 0;
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            try {
                moderator.add(line.strip(), lists);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Line " + number + " of the rules is none: " + e.getMessage(), e);
            }
        }
        return moderator;
    }

    private void add(String line, Map<String, String> lists) {
        if (line.startsWith("@")) {
            var sides = line.split("\\s*=\\s*", 2);
            if (sides.length < 2) throw new IllegalArgumentException("a list needs a = and its phrases.");
            lists.put(sides[0], sides[1]);
            return;
        }
        var sides = line.split(":", 2);
        if (sides.length < 2) throw new IllegalArgumentException("what it says and the phrase are parted by a colon.");
        var phrase = Phrase.of(sides[1], lists);
        var says = sides[0].equals(HARMLESS) ? Map.<Category, Double>of() : scores(sides[0]);
        var rule = new Rule(phrase, says);
        for (var letter : phrase.firstLetters())
            (says.isEmpty() ? harmless : rules).computeIfAbsent(letter, l -> new ArrayList<>()).add(rule);
    }

    private static Map<Category, Double> scores(String written) {
        var sides = written.split("\\s+", 2);
        var score = Double.parseDouble(sides[0]);
        if (sides.length < 2 || !(score > 0 && score < 1))
            throw new IllegalArgumentException("a rule begins with a score between 0 and 1, and categories.");
        var scores = new EnumMap<Category, Double>(Category.class);
        for (var id : sides[1].split(",")) {
            scores.put(
                    Category.ofId(id.strip()).orElseThrow(() -> new IllegalArgumentException("there is no category " + id.strip() + ".")),
                    score);
        }
        return scores;
    }

    @Override
    public String name() {
        return "parley-rules-1";
    }

    /** Scores of several phrases add up as the probabilities of independent signs do. */
    @Override
    public Judgement judge(String text) {
        var words = withoutHarmless(NormalizedWords.of(text));
        var innocent = new EnumMap<Category, Double>(Category.class);
        for (var rule : found(words)) {
            rule.scores().forEach((category, score) -> innocent.merge(category, 1 - score, (a, b) -> a * b));
        }
        var scores = new EnumMap<Category, Double>(Category.class);
        for (var category : Category.values()) scores.put(category, 1 - innocent.getOrDefault(category, 1.0));
        for (var category : Category.values()) category.wider().ifPresent(wider -> scores.merge(wider, scores.get(category), Math::max));
        return new Judgement(scores);
    }

    private List<String> withoutHarmless(List<String> words) {
        var left = new ArrayList<>(words);
        for (int from = 0; from < words.size(); from++) {
            checkInterrupt();
            for (var rule : beginningWith(harmless, words.get(from))) {
                var end = rule.phrase().end(words, from);
                for (int i = from; i < end; i++) left.set(i, NOTHING);
            }
        }
        return left;
    }

    private Set<Rule> found(List<String> words) {
        var found = new HashSet<Rule>();
        for (int from = 0; from < words.size(); from++) {
            checkInterrupt();
            for (var rule : beginningWith(rules, words.get(from))) {
                if (!found.contains(rule) && rule.phrase().end(words, from) >= 0) found.add(rule);
            }
        }
        return found;
    }

    /** Who asked may have left. */
    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) throw new IllegalStateException("The judgement was interrupted.");
    }

    private static List<Rule> beginningWith(Map<Integer, List<Rule>> rules, String word) {
        return word.isEmpty() ? List.of() : rules.getOrDefault(word.codePointAt(0), List.of());
    }
}
