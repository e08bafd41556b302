package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.DataBlock;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import dev.parley.generate.tools.Tool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tools as a model is offered them: what a server says of a tool and of its parameters is a stranger's text, which the guardrails judge,
 * and which stands in marks of data. A tool with a text that is not let pass is not offered.
 */
final class GuardedTools {

    private static final Set<String> TEXTS = Set.of("description", "title", "$comment");

    private final GuardedTexts guards;
    private final TurnContext context;
    private final Map<String, Optional<String>> judged = new HashMap<>(); // servers say the same of many parameters

    GuardedTools(GuardedTexts guards, TurnContext context) {
        this.guards = guards;
        this.context = context;
    }

    List<Tool> of(List<Tool> tools) {
        var offered = new ArrayList<Tool>();
        for (var tool : tools) {
            var definition = tool.definition().deepCopy();
            if (judge(definition, false)) offered.add(new Tool(tool.name(), definition));
        }
        return List.copyOf(offered);
    }

    /** Replaces the texts below a node. @param names whether its fields are named by the server @return whether all were let pass */
    private boolean judge(JsonNode node, boolean names) {
        if (node instanceof ArrayNode list) {
            for (var element : list) if (!judge(element, false)) return false;
        }
        if (!(node instanceof ObjectNode object)) return true;
        for (var field : List.copyOf(object.properties())) {
            if (!names && field.getValue().isTextual() && TEXTS.contains(field.getKey())) {
                var text = judged(field.getValue().textValue());
                if (text.isEmpty()) return false;
                object.put(field.getKey(), text.get());
            } else if (!judge(field.getValue(), field.getKey().equals("properties") && !names)) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> judged(String text) {
        if (text.isBlank()) return Optional.of(text);
        return judged.computeIfAbsent(text, t -> {
            var outcome = guards.judge(Stage.TOOL_DESCRIPTION, t, context);
            return outcome.ended() ? Optional.empty() : Optional.of(DataBlock.inline(outcome.text()));
        });
    }
}
