package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.tools.Tool;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of a request and how they are to be used.
 *
 * @param tools that the model is told of
 * @param callable those of them that the answer may call
 * @param several whether it may have several calls
 * @param strict names of those whose schemas hold also where the model calls as it likes
 * @param flat whether the request describes a function beside its type, as in /v1/responses, not in an object of its own
 */
public record ToolFields(List<Tool> tools, List<Tool> callable, Use use, boolean several, Set<String> strict,
        boolean flat) {

    private static final int MOST = 128;
    private static final int MOST_SCHEMA = 200_000; // characters

    /** Whether an answer calls functions. */
    public enum Use {
        NEVER, AS_IT_LIKES, ALWAYS
    }

    /** A request without tools. */
    public static final ToolFields NONE = new ToolFields(List.of(), List.of(), Use.NEVER, true, Set.of(), false);

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
        var strict = new HashSet<String>();
        for (var item : fields.objects("tools", MOST)) {
            var tool = tool(item, flat);
            if (!names.add(tool.name())) throw ApiError.badRequest("tools", "Two tools are called " + tool.name() + ".");
            if (function(item, flat).flag("strict")) strict.add(tool.name());
            tools.add(tool);
        }
        var chosen = choice(fields, new ToolFields(List.copyOf(tools), List.copyOf(tools), Use.AS_IT_LIKES, several, Set.copyOf(strict), flat));
        chosen.requireSchemas();
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
        try {
            return new Tool(name, definition);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(function.path("name"), function.path("name") + " is none: " + e.getMessage() + ".");
        }
    }

    private static JsonFields function(JsonFields item, boolean flat) {
        return flat ? item : item.object("function").orElseThrow(() -> item.missing("function"));
    }

    /** @param all the tools, which the model may call as it likes */
    private static ToolFields choice(JsonFields fields, ToolFields all) {
        var choice = fields.any("tool_choice");
        if (choice.isEmpty()) return all.chosen("auto");
        if (choice.get().isTextual()) {
            var word = choice.get().textValue();
            if (!Set.of("none", "auto", "required").contains(word))
                throw fields.wrong("tool_choice", "none, auto, required, or an object that names a function");
            if (word.equals("required") && all.tools.isEmpty())
                throw ApiError.badRequest("tool_choice", "tool_choice asks for a call, but there are no tools.");
            return all.chosen(word);
        }
        var object = fields.object("tool_choice").orElseThrow();
        return switch (object.requireString("type")) {
            case "function" -> all.named(function(object, all.flat));
            case "allowed_tools" -> all.allowed(
                    all.flat ? object : object.object("allowed_tools").orElseThrow(() -> object.missing("allowed_tools")));
            default -> throw object.wrong("type", "function or allowed_tools");
        };
    }

    private ToolFields with(List<Tool> some, Use chosen, boolean more) {
        return new ToolFields(tools, some, chosen, more, strict, flat);
    }

    private ToolFields chosen(String word) {
        return switch (word) {
            case "none" -> NONE; // a model that is not to call functions is not told of them
            case "auto" -> tools.isEmpty() ? NONE : this;
            default -> with(tools, Use.ALWAYS, several);
        };
    }

    private ToolFields named(JsonFields function) {
        return with(List.of(find(function)), Use.ALWAYS, false);
    }

    private Tool find(JsonFields function) {
        var name = function.requireString("name");
        return tools.stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> ApiError.badRequest(function.path("name"), "tool_choice names a function that is not among the tools."));
    }

    private ToolFields allowed(JsonFields allowed) {
        var mode = allowed.requireString("mode");
        if (!Set.of("auto", "required").contains(mode)) throw allowed.wrong("mode", "auto or required");
        var some = allowed.objects("tools", MOST).stream().map(item -> {
            item.string("type");
            return find(function(item, flat));
        }).toList();
        if (some.isEmpty()) throw allowed.wrong("tools", "a list of at least one function");
        return with(some, mode.equals("auto") ? Use.AS_IT_LIKES : Use.ALWAYS, several);
    }

    private boolean hasStrict() {
        return callable.stream().anyMatch(tool -> strict.contains(tool.name()));
    }

    /** A schema that has to hold and cannot is refused before anything is answered, and the tool is named. */
    private void requireSchemas() {
        for (var tool : callable) {
            if (use != Use.ALWAYS && !strict.contains(tool.name())) continue;
            var param = "tools[" + tools.indexOf(tool) + "]" + (flat ? "" : ".function") + ".parameters";
            StructuredOutputFields.made(param, param + " of " + tool.name(), 0, tool::arguments);
        }
    }

    /** The calls that an answer may have; empty where it may have none. */
    public Optional<Calls> calls() {
        return switch (use) {
            case NEVER -> Optional.empty();
            case ALWAYS -> Optional.of(new Calls(tools, callable, several, AnswerForm.Use.ALWAYS));
            case AS_IT_LIKES -> Optional.of(hasStrict() ? new Calls(tools, bySchema(), several, AnswerForm.Use.AS_IT_LIKES_BY_SCHEMA)
                    : new Calls(tools, callable, several, AnswerForm.Use.AS_IT_LIKES));
        };
    }

    /** What is not strict may have any arguments. */
    private List<Tool> bySchema() {
        return callable.stream().map(tool -> strict.contains(tool.name()) ? tool : tool.withAnyArguments()).toList();
    }
}
