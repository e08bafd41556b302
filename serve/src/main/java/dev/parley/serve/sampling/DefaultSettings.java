package dev.parley.serve.sampling;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig;

/** What a setting of an answer is where a request does not say it, by the names of the API. */
public final class DefaultSettings {

    private DefaultSettings() {}

    /** {@code max_tokens} is null where an answer may fill the context. */
    public static ObjectNode of(GenerationConfig defaults) {
        var json = JsonNodeFactory.instance.objectNode().put("temperature", defaults.temperature()).put("top_p", defaults.topP()).put("top_k", defaults.topK())
                .put("min_p", defaults.minP());
        if (defaults.maxNewTokens() > 0) json.put("max_tokens", defaults.maxNewTokens());
        else json.putNull("max_tokens");
        return json.put("repetition_penalty", defaults.repetitionPenalty()).put("presence_penalty", defaults.presencePenalty())
                .put("frequency_penalty", defaults.frequencyPenalty());
    }
}
