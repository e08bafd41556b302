package dev.parley.assist.moderation;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a moderator found in a text.
 *
 * @param moderator the name of the one that judged
 * @param scores from 0 to 1 for every category
 * @param labels what the moderator itself calls kinds of harm, such as {@code Jailbreak}, each with a score from 0 to 1; those that no
 *     category stands for are told here alone
 */
public record Judgement(String moderator, Map<Category, Double> scores, Map<String, Double> labels) {

    /** From here on a category is flagged. */
    public static final double THRESHOLD = 0.5;

    /**
     * @throws IllegalArgumentException if a score is missing or outside of 0 to 1
     */
    public Judgement {
        for (var category : Category.values()) requireScore(category.id(), scores.getOrDefault(category, -1.0));
        labels.forEach(Judgement::requireScore);
        scores = Collections.unmodifiableMap(new EnumMap<>(scores));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    private static void requireScore(String of, double score) {
        if (!(score >= 0 && score <= 1)) throw new IllegalArgumentException("The score of " + of + " is " + score + ", not from 0 to 1.");
    }

    /** A judgement of categories; what is of a narrow one is of the wider one too. @param scores of those that are not 0 */
    static Judgement of(String moderator, Map<Category, Double> scores, Map<String, Double> labels) {
        var all = new EnumMap<Category, Double>(Category.class);
        for (var category : Category.values()) all.put(category, scores.getOrDefault(category, 0.0));
        for (var category : Category.values()) category.wider().ifPresent(wider -> all.merge(wider, all.get(category), Math::max));
        return new Judgement(moderator, all, labels);
    }

    /** Of two parts of one text, whatever is worse. */
    Judgement or(Judgement other) {
        var worse = new EnumMap<>(scores);
        other.scores.forEach((category, score) -> worse.merge(category, score, Math::max));
        var labelled = new LinkedHashMap<>(labels);
        other.labels.forEach((label, score) -> labelled.merge(label, score, Math::max));
        return new Judgement(moderator, worse, labelled);
    }

    /** The score of a category, from 0 to 1. */
    public double score(Category category) {
        return scores.get(category);
    }

    /** Whether the score of a category reaches {@link #THRESHOLD}. */
    public boolean isFlagged(Category category) {
        return score(category) >= THRESHOLD;
    }

    /** Whether the score of a label does; false if the moderator has no such label. */
    public boolean isFlagged(String label) {
        return labels.getOrDefault(label, 0.0) >= THRESHOLD;
    }

    /** Whether any category is. */
    public boolean isFlagged() {
        return scores.keySet().stream().anyMatch(this::isFlagged);
    }
}
