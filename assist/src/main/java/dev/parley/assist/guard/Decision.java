package dev.parley.assist.guard;

import java.util.Locale;

/**
 * What a guardrail decided, for the log and the page. Texts that passed without a sign leave none.
 *
 * @param stage where
 * @param guardrail its name
 * @param rule that was met
 * @param action what became of the text
 * @param reason one sentence
 */
public record Decision(Stage stage, String guardrail, String rule, Action action, String reason) {

    /** What a guardrail does with a text. */
    public enum Action {

        /** It went on as it was. */
        MARKED,

        /** It went on changed. */
        CHANGED,

        /** The turn ended with a fixed text; of a passage or a tool, it was left out. */
        ENDED;

        /** The word in logs and JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the turn ended by it. */
    public boolean ended() {
        return action == Action.ENDED;
    }
}
