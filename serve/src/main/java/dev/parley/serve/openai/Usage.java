package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    /** The same, so many of whose tokens were thoughts. */
    public Usage withReasoning(int tokens) {
        return new Usage(promptTokens, completionTokens, cachedTokens, tokens);
    }

    /** Both together. */
    public Usage plus(Usage other) {
        return new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens, cachedTokens + other.cachedTokens,
                reasoningTokens + other.reasoningTokens);
    }

    /** As {@code usage} of chats and completions has it. */
    public ObjectNode json() {
        var usage = JsonNodeFactory.instance.objectNode().put("prompt_tokens", promptTokens).put("completion_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens);
        usage.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoningTokens);
        return usage;
    }

    /** As {@code usage} of responses has it. */
    public ObjectNode responsesJson() {
        var usage = JsonNodeFactory.instance.objectNode().put("input_tokens", promptTokens).put("output_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens);
        usage.putObject("input_tokens_details").put("cached_tokens", cachedTokens).put("cache_write_tokens", 0);
        usage.putObject("output_tokens_details").put("reasoning_tokens", reasoningTokens);
        return usage;
    }
}
