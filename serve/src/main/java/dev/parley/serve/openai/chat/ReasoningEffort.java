package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.answering.ThinkingVariables;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much a model is to think, as OpenAI's API says it. */
public final class ReasoningEffort {

    private static final List<String> KNOWN = List.of("none", "minimal", "low", "medium", "high", "xhigh");

    private ReasoningEffort() {}

    /**
     * The variables by which a template is told.
     *
     * @throws ApiError if it is none of OpenAI's
     */
    public static Map<String, JsonNode> variables(Optional<String> effort, JsonFields fields) {
        if (effort.isEmpty()) return Map.of();
        if (!KNOWN.contains(effort.get())) throw fields.wrong("reasoning_effort", String.join(", ", KNOWN));
        return ThinkingVariables.of(effort.get());
    }
}
