package dev.parley.assist.turn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.DataBlock;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import dev.parley.assist.tools.ToolResult;
import dev.parley.assist.tools.Toolbox;
import dev.parley.assist.tools.Toolbox.Origin;
import dev.parley.assist.turn.Responder.Call;
import dev.parley.assist.turn.Responder.Reply;
import dev.parley.assist.turn.TurnResult.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The calls of tools in one turn: each with consent, its result judged by the guardrails before the model reads it. */
final class ToolRounds {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_RESULT = 8_000; // characters that the model is given

    private final Toolbox tools;
    private final GuardedTexts guards;
    private final TurnEvent.Listener listener;
    private final List<ToolUse> uses = new ArrayList<>();

    ToolRounds(Toolbox tools, GuardedTexts guards, TurnEvent.Listener listener) {
        this.tools = tools;
        this.guards = guards;
        this.listener = listener;
    }

    List<ToolUse> uses() {
        return uses;
    }

    /** Makes the calls of a reply, and adds reply and results to the messages. */
    void call(Reply reply, ArrayNode messages, TurnContext context) {
        var message = messages.addObject().put("role", "assistant").put("content", reply.text());
        var calls = message.putArray("tool_calls");
        var first = uses.size();
        for (int i = 0; i < reply.calls().size(); i++) {
            var call = reply.calls().get(i);
            calls.addObject().put("id", id(first + i)).put("type", "function").putObject("function").put("name", call.name())
                    .put("arguments", call.arguments());
        }
        for (var call : reply.calls()) {
            messages.addObject().put("role", "tool").put("tool_call_id", id(uses.size())).put("name", call.name())
                    .put("content", DataBlock.wrap("", result(call, context).text()));
        }
    }

    private static String id(int number) {
        return "call_" + (number + 1);
    }

    private ToolResult result(Call call, TurnContext context) {
        var id = id(uses.size());
        var origin = tools.origin(call.name());
        var source = origin.map(o -> o.source().name()).orElse("");
        var tool = origin.map(Origin::tool).orElse(call.name());
        var arguments = arguments(call.arguments());
        var shown = arguments.orElseGet(JsonNodeFactory.instance::objectNode);
        listener.on(new TurnEvent.Called(id, source, tool, shown));
        var result = judged(arguments.isEmpty() ? new ToolResult("The arguments are no JSON object.", true)
                : tools.call(call.name(), arguments.get()), context);
        listener.on(new TurnEvent.Returned(id, source, tool, result));
        uses.add(new ToolUse(source, tool, shown, result));
        return result;
    }

    private ToolResult judged(ToolResult result, TurnContext context) {
        var text = result.text().length() <= LONGEST_RESULT ? result.text() : result.text().substring(0, LONGEST_RESULT) + " …";
        var judged = guards.judge(Stage.TOOL_RESULT, text, context);
        return judged.ended() ? new ToolResult("The result was withheld.", true) : new ToolResult(judged.text(), result.isError());
    }

    private static Optional<ObjectNode> arguments(String text) {
        if (text.isBlank()) return Optional.of(JsonNodeFactory.instance.objectNode());
        try {
            return JSON.readTree(text) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
