package dev.parley.assist.moderation;

import java.io.IOException;
import java.io.Reader;
import java.util.EnumMap;
import java.util.Map;

/**
 * Judges by phrases that were written by hand, in English and Chinese. It finds plain threats, insults and requests, also where they are
 * spelt to be overlooked; it does not understand what it reads: what is said by hints, in other languages or over several sentences
 * passes, and some of what only quotes is flagged.
 */
public final class RuleModerator implements Moderator {

    /** What a rule says of a text; two rules that say the same count twice. */
    private static final class Scores {
        private final Map<Category, Double> scores = new EnumMap<>(Category.class);

        private static Scores of(String written) {
            var sides = written.split("\\s+", 2);
            var score = Double.parseDouble(sides[0]);
            if (sides.length < 2 || !(score > 0 && score < 1))
                throw new IllegalArgumentException("a rule begins with a score between 0 and 1, and categories.");
            var scores = new Scores();
            for (var id : sides[1].split(",")) {
                scores.scores.put(
                        Category.ofId(id.strip())
                                .orElseThrow(() -> new IllegalArgumentException("there is no category " + id.strip() + ".")),
                        score);
            }
            return scores;
        }
    }

    private final PhraseRules<Scores> rules;

    private RuleModerator(PhraseRules<Scores> rules) {
        this.rules = rules;
    }

    /** The moderator with the rules that Parley ships. */
    public static RuleModerator load() {
        return new RuleModerator(PhraseRules.load(RuleModerator.class, "rules.txt", Scores::of));
    }

    /**
     * A moderator with rules of its own, in the form of {@link PhraseRules}: a label is a score and categories, such as
     * {@code 0.9 hate,violence}.
     *
     * @throws IllegalArgumentException naming the line that is none
     */
    public static RuleModerator read(Reader text) throws IOException {
        return new RuleModerator(PhraseRules.read(text, Scores::of));
    }

    @Override
    public String name() {
        return "parley-rules-1";
    }

    /** Scores of several phrases add up as the probabilities of independent signs do. */
    @Override
    public Judgement judge(String text) {
        var innocent = new EnumMap<Category, Double>(Category.class);
        for (var rule : rules.found(text)) {
            rule.scores.forEach((category, score) -> innocent.merge(category, 1 - score, (a, b) -> a * b));
        }
        var scores = new EnumMap<Category, Double>(Category.class);
        innocent.forEach((category, share) -> scores.put(category, 1 - share));
        return Judgement.of(name(), scores, Map.of());
    }
}
