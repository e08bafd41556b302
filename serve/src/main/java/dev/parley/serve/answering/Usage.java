package dev.parley.serve.answering;

import dev.parley.assist.turn.TurnResult;
import dev.parley.generate.engine.InferenceEngine.Answer;

/**
 * Tokens that a request read and made.
 *
 * @param completionTokens all that were made
 * @param reasoningTokens those of them that were thoughts
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens, int reasoningTokens) {

    /** Without thoughts. */
    public Usage(int promptTokens, int completionTokens, int cachedTokens) {
        this(promptTokens, completionTokens, cachedTokens, 0);
    }

    /** What an answer took: the prompt, and all completions together. */
    public static Usage of(int promptTokens, Answer answer) {
        return new Usage(promptTokens, answer.completions().stream().mapToInt(c -> c.ids().length).sum(), answer.cachedTokens(), 0);
    }

    /** What a turn of an assistant took; a fixed answer takes nothing. */
    public static Usage of(TurnResult result) {
        return result.usage().map(used -> new Usage(used.promptTokens(), used.completionTokens(), 0)).orElse(new Usage(0, 0, 0));
    }

    /** The same, so many of whose tokens were thoughts. */
    public Usage withReasoning(int tokens) {
        return new Usage(promptTokens, completionTokens, cachedTokens, tokens);
    }

    /** Both together. */
    public Usage plus(Usage other) {
        return new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens, cachedTokens + other.cachedTokens,
                reasoningTokens + other.reasoningTokens);
    }
}
