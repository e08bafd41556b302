package dev.parley.assist.guard;

import java.util.List;

/**
 * What a guardrail may know of the turn that a text belongs to.
 *
 * @param language of the conversation, {@code en} or {@code zh}: that of fixed answers
 * @param systemPrompt what the assistant was told, which an answer must not give away; empty if there is none
 * @param passages that the model was shown in this turn, which an answer may stand on
 * @param message of the user, as the guardrails of the input left it; empty before they have judged it
 */
public record TurnContext(String language, String systemPrompt, List<String> passages, String message) {

    /** Copies the passages. */
    public TurnContext {
        passages = List.copyOf(passages);
    }

    /** Of a turn of which no more than the language is known yet. */
    public static TurnContext of(String language) {
        return new TurnContext(language, "", List.of(), "");
    }
}
