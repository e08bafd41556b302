package dev.parley.serve.anthropic;

import dev.parley.generate.tools.Tool;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.answering.OfferedTools.Use;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.List;

/** The fields {@code tools} and {@code tool_choice}. */
final class MessageTools {

    private static final String SCHEMA = "input_schema";

    private MessageTools() {}

    /** @throws ApiError if a tool is none, or one that must be called has a schema that cannot be honoured */
    static OfferedTools read(JsonFields fields) {
        var tools = fields.objects("tools", OfferedTools.MOST).stream().map(MessageTools::tool).toList();
        var choice = fields.object("tool_choice");
        if (choice.isEmpty()) return OfferedTools.ofAll(tools, true, SCHEMA);
        return chosen(tools, choice.get());
    }

    private static Tool tool(JsonFields item) {
        var type = item.string("type").orElse("custom");
        if (!type.equals("custom"))
            throw ApiError.badRequest(item.path("type"), item.path("type") + " must be custom: this server's models "
                    + "know no tools of their own, and it runs none; describe it by name, description and input_schema.");
        item.ignore("cache_control", "allowed_callers", "defer_loading", "eager_input_streaming", "input_examples");
        if (item.any(SCHEMA).isEmpty()) throw item.missing(SCHEMA);
        return OfferedTools.tool(item, SCHEMA);
    }

    private static OfferedTools chosen(List<Tool> tools, JsonFields choice) {
        var several = !choice.flag("disable_parallel_tool_use");
        var all = OfferedTools.ofAll(tools, several, SCHEMA);
        var type = choice.requireString("type");
        if (tools.isEmpty() && (type.equals("any") || type.equals("tool")))
            throw ApiError.badRequest("tool_choice", "tool_choice asks for a call, but there are no tools.");
        return switch (type) {
            case "auto" -> all;
            case "none" -> OfferedTools.NONE; // a model that is not to call tools is not told of them
            case "any" -> new OfferedTools(tools, tools, Use.ALWAYS, several, SCHEMA);
            case "tool" -> new OfferedTools(tools, List.of(find(tools, choice)), Use.ALWAYS, false, SCHEMA);
            default -> throw choice.wrong("type", "auto, any, tool or none");
        };
    }

    private static Tool find(List<Tool> tools, JsonFields choice) {
        var name = choice.requireString("name");
        return tools.stream().filter(tool -> tool.name().equals(name)).findFirst()
                .orElseThrow(() -> ApiError.badRequest(choice.path("name"), "tool_choice names a tool that is not among the tools."));
    }
}
