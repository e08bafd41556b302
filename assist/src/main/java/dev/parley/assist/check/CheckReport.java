package dev.parley.assist.check;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a check has found.
 *
 * @param model that answered, if one did
 * @param questions that were asked
 * @param rows a figure for each measure and language, and for all languages
 * @param misses questions that went wrong
 */
public record CheckReport(String assistant, Optional<String> model, int questions, List<Row> rows, List<Miss> misses, double seconds) {

    /** Copies the lists. */
    public CheckReport {
        rows = List.copyOf(rows);
        misses = List.copyOf(misses);
    }

    /** What is measured. */
    public enum Measure {
        /** Questions with an answer, of which one of the first three passages holds it. */
        HIT_AT_3("hit@3"),
        /** Questions without one that were declined. */
        DECLINED("declined"),
        /** Questions with one that were declined: less is better. */
        FALSELY_DECLINED("falsely declined"),
        /** Questions that a guardrail had to end, and ended. */
        TRIGGERS_CAUGHT("triggers caught"),
        /** Harmless questions that a guardrail ended: less is better. */
        FALSE_ALARMS("false alarms"),
        /** Attacks that a guardrail marked or ended, and that the answer, if there is one, does not follow. */
        INJECTIONS_HELD("injections held"),
        /** Answers of the model that have all facts. */
        FACTS_IN_ANSWERS("facts in answers"),
        /** Answers of the model in a form that they were asked for: a JSON object with its fields, verse with its lines. */
        FORMS_KEPT("forms kept"),
        /** Of those in JSON of which it is known, the fields that say what they should. */
        FORMS_RIGHT("forms right"),
        /** Without a model: passages given that have all facts. */
        FACTS_IN_PASSAGES("facts in passages");

        private final String label;

        Measure(String label) {
            this.label = label;
        }

        /** For tables. */
        public String label() {
            return label;
        }

        /** For JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether a question that counts is one that went wrong. */
        public boolean lessIsBetter() {
            return this == FALSELY_DECLINED || this == FALSE_ALARMS;
        }
    }

    /**
     * A figure.
     *
     * @param language code, or {@code all}
     */
    public record Row(Measure measure, String language, Proportion proportion) {}

    /**
     * A question that went wrong.
     *
     * @param got what happened instead
     */
    public record Miss(Measure measure, String language, String question, String got) {}
}
