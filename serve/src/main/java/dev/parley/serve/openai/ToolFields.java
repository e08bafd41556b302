package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.tools.Tool;
import dev.parley.grammar.Grammar;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of a request and how they are to be used.
 *
 * @param tools that the model is told of
 * @param callable those of them that the answer may call
 * @param several whether it may have several calls
 * @param flat whether the request describes a function beside its type, as in /v1/responses, not in an object of its own
 */
public record ToolFields(List<Tool> tools, List<Tool> callable, Use use, boolean several, boolean flat) {

    private static final int MOST = 128;
    private static final int MOST_SCHEMA = 200_000; // characters

    /** Whether an answer calls functions. */
    public enum Use {
        NEVER, AS_IT_LIKES, ALWAYS
    }

    /** A request without tools. */
    public static final ToolFields NONE = new ToolFields(List.of(), List.of(), Use.NEVER, true, false);

    /**
     * The fields {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}.
     *
     * @throws ApiError if a tool is none, or one that must be called has a schema that cannot be honoured
     */
    public static ToolFields read(JsonFields fields) {
        return read(fields, false);
    }

    /** The same fields as {@code /v1/responses} has them: what describes a function is beside its type. */
    public static ToolFields readFlat(JsonFields fields) {
        return read(fields, true);
    }

    private static ToolFields read(JsonFields fields, boolean flat) {
        var several = fields.any("parallel_tool_calls").isEmpty() || fields.flag("parallel_tool_calls");
        var tools = new ArrayList<Tool>();
        var names = new HashSet<String>();
        for (var item : fields.objects("tools", MOST)) {
            var tool = tool(item, flat);
            if (!names.add(tool.name())) throw ApiError.badRequest("tools", "Two tools are called " + tool.name() + ".");
            tools.add(tool);
        }
        var chosen = choice(fields, List.copyOf(tools), several, flat);
        if (chosen.use() == Use.ALWAYS) chosen.callableGrammars(); // is refused before anything is answered
        return chosen;
    }

    private static Tool tool(JsonFields item, boolean flat) {
        if (!item.requireString("type").equals("function")) throw item.wrong("type", "function; this server runs no tools itself");
        var function = function(item, flat);
        var name = function.requireString("name");
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        var copy = definition.putObject("function").put("name", name);
        function.string("description").ifPresent(text -> copy.put("description", text));
        function.any("parameters").ifPresent(schema -> {
            if (!(schema instanceof ObjectNode)) throw function.wrong("parameters", "a JSON Schema");
            if (schema.toString().length() > MOST_SCHEMA)
                throw function.wrong("parameters", "a JSON Schema of at most " + MOST_SCHEMA + " characters");
            copy.set("parameters", schema);
        });
        function.flag("strict"); // a call that has to come is always of its schema; for others see docs/serve.md
        try {
            return new Tool(name, definition);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(function.path("name"), function.path("name") + " is none: " + e.getMessage() + ".");
        }
    }

    private static JsonFields function(JsonFields item, boolean flat) {
        return flat ? item : item.object("function").orElseThrow(() -> item.missing("function"));
    }

    private static ToolFields choice(JsonFields fields, List<Tool> tools, boolean several, boolean flat) {
        var choice = fields.any("tool_choice");
        if (choice.isEmpty()) return of(tools, tools.isEmpty() ? "none" : "auto", several, flat);
        if (choice.get().isTextual()) {
            var word = choice.get().textValue();
            if (!Set.of("none", "auto", "required").contains(word))
                throw fields.wrong("tool_choice", "none, auto, required, or an object that names a function");
            if (word.equals("required") && tools.isEmpty())
                throw ApiError.badRequest("tool_choice", "tool_choice asks for a call, but there are no tools.");
            return of(tools, word, several, flat);
        }
        var object = fields.object("tool_choice").orElseThrow();
        return switch (object.requireString("type")) {
            case "function" -> named(tools, function(object, flat), flat);
            case "allowed_tools" -> allowed(tools,
                    flat ? object : object.object("allowed_tools").orElseThrow(() -> object.missing("allowed_tools")), several, flat);
            default -> throw object.wrong("type", "function or allowed_tools");
        };
    }

    private static ToolFields of(List<Tool> tools, String word, boolean several, boolean flat) {
        return switch (word) {
            case "none" -> NONE; // a model that is not to call functions is not told of them
            case "auto" -> tools.isEmpty() ? NONE : new ToolFields(tools, tools, Use.AS_IT_LIKES, several, flat);
            default -> new ToolFields(tools, tools, Use.ALWAYS, several, flat);
        };
    }

    private static ToolFields named(List<Tool> tools, JsonFields function, boolean flat) {
        return new ToolFields(tools, List.of(find(tools, function)), Use.ALWAYS, false, flat);
    }

    private static Tool find(List<Tool> tools, JsonFields function) {
        var name = function.requireString("name");
        return tools.stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> ApiError.badRequest(function.path("name"), "tool_choice names a function that is not among the tools."));
    }

    private static ToolFields allowed(List<Tool> tools, JsonFields allowed, boolean several, boolean flat) {
        var mode = allowed.requireString("mode");
        if (!Set.of("auto", "required").contains(mode)) throw allowed.wrong("mode", "auto or required");
        var some = allowed.objects("tools", MOST).stream().map(item -> {
            item.string("type");
            return find(tools, function(item, flat));
        }).toList();
        if (some.isEmpty()) throw allowed.wrong("tools", "a list of at least one function");
        return new ToolFields(tools, some, mode.equals("auto") ? Use.AS_IT_LIKES : Use.ALWAYS, several, flat);
    }

    /**
     * Those that may be called, each with the grammar of its arguments.
     *
     * @throws ApiError if one cannot be honoured, which is named
     */
    public Map<Tool, Grammar> callableGrammars() {
        var forms = new LinkedHashMap<Tool, Grammar>();
        for (var tool : callable) {
            var param = "tools[" + tools.indexOf(tool) + "]" + (flat ? "" : ".function") + ".parameters";
            forms.put(tool, StructuredOutputFields.made(param, param + " of " + tool.name(), 0, tool::arguments));
        }
        return forms;
    }

    /** The calls that an answer may have; empty where it may have none. */
    public Optional<Calls> calls() {
        return use == Use.NEVER ? Optional.empty()
                : Optional.of(new Calls(tools, callable, several, use == Use.ALWAYS ? AnswerForm.Use.ALWAYS : AnswerForm.Use.AS_IT_LIKES));
    }
}
