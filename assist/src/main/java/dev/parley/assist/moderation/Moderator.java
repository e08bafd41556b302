package dev.parley.assist.moderation;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Judges texts. Threads may share it. */
public interface Moderator {

    /** The name that clients are told. */
    String name();

    /** How much of each kind of harm a text holds. */
    Judgement judge(String text);

    /** A score from 0 to 1 for every category. */
    record Judgement(Map<Category, Double> scores) {

        /** From here on a category is flagged. */
        public static final double THRESHOLD = 0.5;

        /**
         * @throws IllegalArgumentException if a score is missing or outside of 0 to 1
         */
        public Judgement {
            for (var category : Category.values()) {
                var score = scores.getOrDefault(category, -1.0);
                if (!(score >= 0 && score <= 1))
                    throw new IllegalArgumentException("The score of " + category.id() + " is " + score + ", not from 0 to 1.");
            }
            scores = Collections.unmodifiableMap(new EnumMap<>(scores));
        }

        /** The score of a category, from 0 to 1. */
        public double score(Category category) {
            return scores.get(category);
        }

        /** Whether the score of a category reaches {@link #THRESHOLD}. */
        public boolean isFlagged(Category category) {
            return score(category) >= THRESHOLD;
        }

        /** Whether any category is. */
        public boolean isFlagged() {
            return scores.keySet().stream().anyMatch(this::isFlagged);
        }
    }
}
