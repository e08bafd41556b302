package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.tools.Tool;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The tools of a request and how they are to be used.
 *
 * @param tools that the model is told of
 * @param callable those of them that the answer may call
 * @param several whether it may have several calls
 * @param schemaField where the API has the schema of a tool's arguments, such as {@code function.parameters}; for error messages
 */
public record OfferedTools(List<Tool> tools, List<Tool> callable, Use use, boolean several, String schemaField) {

    /** Tools that one request may bring. */
    public static final int MOST = 128;

    private static final int MOST_SCHEMA = 200_000; // characters

    /** Whether an answer calls functions. */
    public enum Use {
        NEVER, AS_IT_LIKES, ALWAYS
    }

    /** A request without tools. */
    public static final OfferedTools NONE = new OfferedTools(List.of(), List.of(), Use.NEVER, true, "");

    /**
     * Tools that an answer may call, if there are any.
     *
     * @throws ApiError if two have the same name
     */
    public static OfferedTools ofAll(List<Tool> tools, boolean several, String schemaField) {
        return tools.isEmpty() ? NONE : new OfferedTools(tools, tools, Use.AS_IT_LIKES, several, schemaField);
    }

    /**
     * A tool as a request describes it: its name, its description, and the schema of its arguments.
     *
     * @param schemaField the name of the schema's field among those given
     * @throws ApiError if it is none
     */
    public static Tool tool(JsonFields function, String schemaField) {
        var name = function.requireString("name");
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        var copy = definition.putObject("function").put("name", name);
        function.string("description").ifPresent(text -> copy.put("description", text));
        function.any(schemaField).ifPresent(schema -> {
            if (!(schema instanceof ObjectNode)) throw function.wrong(schemaField, "a JSON Schema");
            if (schema.toString().length() > MOST_SCHEMA)
                throw function.wrong(schemaField, "a JSON Schema of at most " + MOST_SCHEMA + " characters");
            copy.set("parameters", schema);
        });
        try {
            return new Tool(name, definition, function.flag("strict"));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(function.path("name"), function.path("name") + " is none: " + e.getMessage() + ".");
        }
    }

    /** @throws ApiError if two tools have the same name, or one has a schema that has to hold and cannot be honoured */
    public OfferedTools {
        tools = List.copyOf(tools);
        callable = List.copyOf(callable);
        var names = new HashSet<String>();
        for (var tool : tools) {
            if (!names.add(tool.name())) throw ApiError.badRequest("tools", "Two tools are called " + tool.name() + ".");
        }
        for (var tool : callable) { // is refused before anything is answered
            if (use == Use.ALWAYS || tool.strict()) requireGrammar(tools, tool, schemaField);
        }
    }

    private static void requireGrammar(List<Tool> tools, Tool tool, String schemaField) {
        var param = "tools[" + tools.indexOf(tool) + "]." + schemaField;
        StructuredOutputFields.made(param, param + " of " + tool.name(), 0, tool::arguments);
    }

    /** The calls that an answer may have; empty where it may have none. */
    public Optional<Calls> calls() {
        return use == Use.NEVER ? Optional.empty()
                : Optional.of(new Calls(tools, callable, several, use == Use.ALWAYS ? AnswerForm.Use.ALWAYS : AnswerForm.Use.AS_IT_LIKES));
    }
}
