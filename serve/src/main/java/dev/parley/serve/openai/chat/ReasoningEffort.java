package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much a model is to think, as OpenAI's API says it, in the variables that templates of thinking models read. */
public final class ReasoningEffort {

    private static final List<String> KNOWN = List.of("none", "minimal", "low", "medium", "high", "xhigh");

    private ReasoningEffort() {}

    /**
     * {@code reasoning_effort} for templates that know degrees of it, {@code enable_thinking} for those that know on and off.
     *
     * @throws ApiError if it is none of OpenAI's
     */
    public static Map<String, JsonNode> variables(Optional<String> effort, JsonFields fields) {
        if (effort.isEmpty()) return Map.of();
        if (!KNOWN.contains(effort.get())) throw fields.wrong("reasoning_effort", String.join(", ", KNOWN));
        var thinks = !effort.get().equals("none");
        return Map.of("reasoning_effort", TextNode.valueOf(effort.get()), "enable_thinking", BooleanNode.valueOf(thinks));
    }
}
