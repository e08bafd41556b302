package dev.parley.serve.openai;

import dev.parley.generate.tools.Tool;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.answering.OfferedTools.Use;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.List;
import java.util.Set;

/** The fields {@code tools}, {@code tool_choice} and {@code parallel_tool_calls} of OpenAI's API. */
public final class ToolFields {

    private final JsonFields fields;
    private final boolean flat;
    private final boolean several;
    private final List<Tool> tools;

    /** @param flat whether the request describes a function beside its type, as in /v1/responses, not in an object of its own */
    private ToolFields(JsonFields fields, boolean flat) {
        this.fields = fields;
        this.flat = flat;
        several = fields.any("parallel_tool_calls").isEmpty() || fields.flag("parallel_tool_calls");
        tools = fields.objects("tools", OfferedTools.MOST).stream().map(this::tool).toList();
    }

    /**
     * The fields as chat completions have them.
     *
     * @throws ApiError if a tool is none, or one that must be called has a schema that cannot be honoured
     */
    public static OfferedTools read(JsonFields fields) {
        return new ToolFields(fields, false).choice();
    }

    /** The same fields as {@code /v1/responses} has them: what describes a function is beside its type. */
    public static OfferedTools readFlat(JsonFields fields) {
        return new ToolFields(fields, true).choice();
    }

    private Tool tool(JsonFields item) {
        if (!item.requireString("type").equals("function")) throw item.wrong("type", "function; this server runs no tools itself");
        var function = function(item);
        return OfferedTools.tool(function, "parameters");
    }

    private JsonFields function(JsonFields item) {
        return flat ? item : item.object("function").orElseThrow(() -> item.missing("function"));
    }

    private OfferedTools choice() {
        var choice = fields.any("tool_choice");
        if (choice.isEmpty()) return of(tools.isEmpty() ? "none" : "auto");
        if (choice.get().isTextual()) {
            var word = choice.get().textValue();
            if (!Set.of("none", "auto", "required").contains(word))
                throw fields.wrong("tool_choice", "none, auto, required, or an object that names a function");
            if (word.equals("required") && tools.isEmpty())
                throw ApiError.badRequest("tool_choice", "tool_choice asks for a call, but there are no tools.");
            return of(word);
        }
        var object = fields.object("tool_choice").orElseThrow();
        return switch (object.requireString("type")) {
            case "function" -> offered(List.of(find(function(object))), Use.ALWAYS, false);
            case "allowed_tools" ->
                allowed(flat ? object : object.object("allowed_tools").orElseThrow(() -> object.missing("allowed_tools")));
            default -> throw object.wrong("type", "function or allowed_tools");
        };
    }

    private OfferedTools of(String word) {
        var all = OfferedTools.ofAll(tools, several, schemaField()); // two of the same name are refused also where none is called
        return switch (word) {
            case "none" -> OfferedTools.NONE; // a model that is not to call functions is not told of them
            case "auto" -> all;
            default -> offered(tools, Use.ALWAYS, several);
        };
    }

    private OfferedTools offered(List<Tool> callable, Use use, boolean several) {
        return new OfferedTools(tools, callable, use, several, schemaField());
    }

    private String schemaField() {
        return flat ? "parameters" : "function.parameters";
    }

    private Tool find(JsonFields function) {
        var name = function.requireString("name");
        return tools.stream().filter(t -> t.name().equals(name)).findFirst()
                .orElseThrow(() -> ApiError.badRequest(function.path("name"), "tool_choice names a function that is not among the tools."));
    }

    private OfferedTools allowed(JsonFields allowed) {
        var mode = allowed.requireString("mode");
        if (!Set.of("auto", "required").contains(mode)) throw allowed.wrong("mode", "auto or required");
        var some = allowed.objects("tools", OfferedTools.MOST).stream().map(item -> {
            item.string("type");
            return find(function(item));
        }).toList();
        if (some.isEmpty()) throw allowed.wrong("tools", "a list of at least one function");
        return offered(some, mode.equals("auto") ? Use.AS_IT_LIKES : Use.ALWAYS, several);
    }
}
