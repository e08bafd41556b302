package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.grammar.Grammar;
import dev.parley.serve.answering.ThinkingVariables;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields that {@code /api/chat} and {@code /api/generate} share. */
final class Asked {

    private static final List<String> DEGREES = List.of("low", "medium", "high", "max");

    private Asked() {}

    /** Whether the answer comes in pieces, which it does where nothing is said. */
    static boolean stream(JsonFields fields) {
        return fields.any("stream").isEmpty() || fields.flag("stream");
    }

    /**
     * What the answer must be: {@code format}, any object of JSON or a schema; or a grammar, regex or choice as all routes take them.
     *
     * @throws ApiError if it cannot be honoured
     */
    static Optional<Grammar> grammar(JsonFields fields) {
        var format = fields.any("format").filter(given -> !given.isTextual() || !given.textValue().isEmpty()).map(given -> {
            if (given.isTextual() && given.textValue().equals("json"))
                return StructuredOutputFields.made("format", 0, Grammar::ofJsonObject);
            if (!given.isObject()) throw fields.wrong("format", "\"json\" or a JSON Schema");
            var schema = given.toString();
            return StructuredOutputFields.made("format", schema.length(), () -> Grammar.ofJsonSchema(schema));
        });
        var other = StructuredOutputFields.read(fields);
        if (format.isPresent() && other.isPresent())
            throw ApiError.badRequest("format", "Only one of format, grammar, regex and choice may be given.");
        return format.or(() -> other);
    }

    /**
     * The field {@code think}, as templates read it; what is not said is as the template has it.
     *
     * @param name of the model in the request
     * @param settings get a budget of no thoughts where the model is not to think, for templates that do not know of that
     * @throws ApiError if the model does not think, and is to
     */
    static Map<String, JsonNode> variables(JsonFields fields, ServedModel model, String name, GenerationConfigBuilder settings) {
        var think = fields.any("think");
        if (think.isEmpty()) return Map.of();
        if (!think.get().isBoolean() && !DEGREES.contains(think.get().asText()))
            throw fields.wrong("think", "true, false, \"low\", \"medium\", \"high\" or \"max\"");
        var thinks = !think.get().isBoolean() || think.get().booleanValue();
        if (thinks && model.tokenizer().chatTemplate().filter(ThinkingFormat::isKnownTo).isEmpty())
            throw ApiError.badRequest("think", "\"" + name + "\" does not support thinking");
        if (!thinks) settings.thinkingBudget(0);
        if (think.get().isBoolean()) return ThinkingVariables.of(thinks);
        return ThinkingVariables.of(think.get().textValue().equals("max") ? "high" : think.get().textValue());
    }
}
