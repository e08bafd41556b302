package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.serve.answering.ThinkingVariables;
import dev.parley.serve.http.JsonFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The field {@code thinking}.
 *
 * @param thinks whether the model is to think; empty where it does as its template has it
 * @param budget tokens of its thoughts at most; empty for as many as it likes
 * @param shown whether the client is told of them
 */
record ThinkingField(Optional<Boolean> thinks, OptionalInt budget, boolean shown) {

    private static final List<String> EFFORTS = List.of("low", "medium", "high", "xhigh", "max");

    /** @throws dev.parley.serve.http.ApiError if it cannot be honoured */
    static ThinkingField read(JsonFields fields) {
        var field = fields.object("thinking");
        if (field.isEmpty()) return new ThinkingField(Optional.empty(), OptionalInt.empty(), true);
        var thinking = field.get();
        var shown = !thinking.string("display").orElse("").equals("omitted");
        return switch (thinking.requireString("type")) {
            case "disabled" -> new ThinkingField(Optional.of(false), OptionalInt.empty(), shown);
            case "adaptive" -> new ThinkingField(Optional.of(true), OptionalInt.empty(), shown);
            case "enabled" -> {
                var budget = thinking.integer("budget_tokens", 1, Integer.MAX_VALUE);
                if (budget.isEmpty()) throw thinking.missing("budget_tokens");
                yield new ThinkingField(Optional.of(true), budget, shown);
            }
            default -> throw thinking.wrong("type", "enabled, adaptive or disabled");
        };
    }

    /** Its tokens at most, none where the model is not to think. */
    void bound(GenerationConfigBuilder settings) {
        if (!thinks.orElse(true)) settings.thinkingBudget(0);
        budget.ifPresent(settings::thinkingBudget);
    }

    /** What templates of models that think read of it, and of the effort that {@code output_config} asks for. */
    Map<String, JsonNode> variables(Optional<JsonFields> outputConfig) {
        var variables = new HashMap<String, JsonNode>();
        thinks.ifPresent(on -> variables.putAll(ThinkingVariables.of(on)));
        outputConfig.ifPresent(config -> config.string("effort").ifPresent(effort -> {
            if (!EFFORTS.contains(effort)) throw config.wrong("effort", String.join(", ", EFFORTS));
            variables.put("reasoning_effort", TextNode.valueOf(effort.equals("max") ? "xhigh" : effort));
        }));
        return variables;
    }
}
