package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;

/** Whether and how much a model is to think, in the variables that templates of thinking models read. */
public final class ThinkingVariables {

    private ThinkingVariables() {}

    /** On or off: {@code enable_thinking}. */
    public static Map<String, JsonNode> of(boolean thinks) {
        return Map.of("enable_thinking", BooleanNode.valueOf(thinks));
    }

    /**
     * A degree: {@code reasoning_effort} for templates that know degrees, and on for those that do not.
     *
     * @param effort such as {@code low}; {@code none} is off
     */
    public static Map<String, JsonNode> of(String effort) {
        return Map.of("reasoning_effort", TextNode.valueOf(effort), "enable_thinking", BooleanNode.valueOf(!effort.equals("none")));
    }
}
