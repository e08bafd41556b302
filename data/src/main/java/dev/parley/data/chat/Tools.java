package dev.parley.data.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;

/** The functions of a conversation and the calls of them, as files have them. */
final class Tools {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Tools() {}

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what);
    }

    // ---- calls ----

    /** The calls of a message, the older {@code function_call} among them. */
    static ArrayNode calls(JsonNode message) {
        var calls = Turns.MAKE.arrayNode();
        for (var call : message.path("tool_calls")) {
            requireFunction(call, "call");
            addCall(calls, call.path("id"), call.has("function") ? call.path("function") : call);
        }
        var older = message.path("function_call");
        if (older.isObject()) addCall(calls, older.path("id"), older);
        return calls;
    }

    /** A message of the assistant that only calls: {@code {"name": …, "arguments": …}}, or a list of such. */
    static ObjectNode callingMessage(String json) {
        var calls = Turns.MAKE.arrayNode();
        var given = parsed(json, "a function call");
        for (var call : given.isArray() ? given : Turns.MAKE.arrayNode().add(given)) addCall(calls, call.path("id"), call);
        if (calls.isEmpty()) throw wrong("a function call calls nothing");
        var message = Turns.of("assistant", "");
        message.set("tool_calls", calls);
        return message;
    }

    private static void requireFunction(JsonNode object, String what) {
        var type = object.path("type").asText("function");
        if (!type.equals("function")) throw wrong("a " + what + " has the type " + type + "; only functions are learned");
    }

    /** Arguments as JSON in a string, which files that are not OpenAI's often have as an object. */
    private static void addCall(ArrayNode calls, JsonNode id, JsonNode function) {
        if (!function.path("name").isTextual()) throw wrong("a tool call needs a function with a name");
        var arguments = function.path("arguments");
        if (!arguments.isTextual() && !arguments.isObject() && !arguments.isMissingNode() && !arguments.isNull()) {
            throw wrong("the arguments of a call of " + function.path("name").asText() + " are neither text nor object");
        }
        var call = calls.addObject();
        if (id.isTextual()) call.put("id", id.textValue());
        call.put("type", "function").putObject("function").put("name", function.path("name").textValue())
                .put("arguments", arguments.isTextual() ? arguments.textValue() : arguments.isObject() ? arguments.toString() : "{}");
    }

    // ---- definitions ----

    /** The functions that a line has: {@code tools}, which many files keep as JSON in a string, or the older {@code functions}. */
    static List<ObjectNode> read(JsonNode line) {
        var tools = Turns.MAKE.arrayNode();
        var given = line.path("tools");
        if (given.isTextual()) given = given.textValue().isBlank() ? Turns.MAKE.arrayNode() : parsed(given.textValue(), "tools");
        for (var tool : given) {
            requireFunction(tool, "tool");
            addTool(tools, tool.has("function") ? tool.path("function") : tool);
        }
        for (var function : line.path("functions")) addTool(tools, function);
        var names = new HashSet<String>();
        return tools.valueStream().map(ObjectNode.class::cast).filter(t -> names.add(t.path("function").path("name").asText())).toList();
    }

    private static void addTool(ArrayNode tools, JsonNode function) {
        if (!function.path("name").isTextual()) throw wrong("a tool needs a function with a name");
        var definition = Turns.MAKE.objectNode().put("name", function.path("name").textValue());
        for (var key : List.of("description", "parameters")) {
            if (function.has(key) && !function.path(key).isNull()) definition.set(key, function.path(key));
        }
        tools.addObject().put("type", "function").set("function", definition);
    }

    private static JsonNode parsed(String json, String what) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw wrong(what + " is no JSON (" + e.getOriginalMessage() + ")");
        }
    }
}
