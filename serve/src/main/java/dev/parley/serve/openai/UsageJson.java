package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.Usage;

/** What a request used, in the two shapes of OpenAI's API. */
public final class UsageJson {

    private UsageJson() {}

    /** As {@code usage} of chats and completions has it. */
    public static ObjectNode chat(Usage used) {
        var usage = JsonNodeFactory.instance.objectNode().put("prompt_tokens", used.promptTokens())
                .put("completion_tokens", used.completionTokens()).put("total_tokens", used.promptTokens() + used.completionTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", used.cachedTokens());
        usage.putObject("completion_tokens_details").put("reasoning_tokens", used.reasoningTokens());
        return usage;
    }

    /** As {@code usage} of responses has it. */
    public static ObjectNode response(Usage used) {
        var usage = JsonNodeFactory.instance.objectNode().put("input_tokens", used.promptTokens())
                .put("output_tokens", used.completionTokens()).put("total_tokens", used.promptTokens() + used.completionTokens());
        usage.putObject("input_tokens_details").put("cached_tokens", used.cachedTokens()).put("cache_write_tokens", 0);
        usage.putObject("output_tokens_details").put("reasoning_tokens", used.reasoningTokens());
        return usage;
    }
}
