package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfigBuilder;
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
     * @param settings get a budget of no thoughts where there is to be no effort, for templates that do not know of that
     * @throws ApiError if it is none of OpenAI's
     */
    public static Map<String, JsonNode> variables(Optional<String> effort, JsonFields fields, GenerationConfigBuilder settings) {
        if (effort.isEmpty()) return Map.of();
        if (!KNOWN.contains(effort.get())) throw fields.wrong("reasoning_effort", String.join(", ", KNOWN));
        if (effort.get().equals("none")) settings.thinkingBudget(0);
        return ThinkingVariables.of(effort.get());
    }
}
