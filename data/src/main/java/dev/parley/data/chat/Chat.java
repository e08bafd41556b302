package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A conversation to learn from, in the form of OpenAI's API and its files for fine-tuning.
 *
 * @param messages each with {@code role} (system, user, assistant or tool) and a text {@code content}; with {@code tool_calls}, whose
 *     arguments are JSON in a string, {@code tool_call_id}, {@code name} and {@code reasoning_content} where the file has them
 * @param tools functions, each {@code {"type": "function", "function": {…}}}
 * @param variables more that the chat template may read
 */
public record Chat(ArrayNode messages, List<ObjectNode> tools, Map<String, JsonNode> variables) {

    private static final Map<String, String> ROLES = Map.of("system", "system", "developer", "system", "user", "user",
            "assistant", "assistant", "tool", "tool", "function", "tool");
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text");
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    public Chat {
        tools = List.copyOf(tools);
        variables = Map.copyOf(variables);
    }

    /**
     * Reads a conversation as files have it.
     *
     * @param line an object with {@code messages}; with {@code tools} or the older {@code functions}, and {@code chat_template_kwargs}, if
     *     it has them
     * @throws IllegalArgumentException saying what of it is no conversation, or cannot be learned from as it is meant
     */
    public static Chat read(JsonNode line) {
        var messages = MAKE.arrayNode();
        for (var message : line.path("messages")) messages.add(message(message));
        if (messages.isEmpty()) throw wrong("there are no messages");
        var variables = new HashMap<String, JsonNode>();
        for (var variable : line.path("chat_template_kwargs").properties()) variables.put(variable.getKey(), variable.getValue());
        return new Chat(messages, tools(line), variables);
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what);
    }

    private static ObjectNode message(JsonNode given) {
        var role = ROLES.get(given.path("role").asText());
        if (role == null) throw wrong("a message needs a role: system, user, assistant or tool");
        var calls = calls(given);
        if (!calls.isEmpty() && !role.equals("assistant")) throw wrong("a message of the role " + role + " calls; only the assistant does");
        var weight = given.path("weight");
        if (weight.isNumber() && weight.doubleValue() != 1) {
            throw wrong("a message has the weight " + weight + "; all are learned with 1 here");
        }
        var message = MAKE.objectNode().put("role", role).put("content", content(given, role, !calls.isEmpty()));
        if (!calls.isEmpty()) message.set("tool_calls", calls);
        for (var name : List.of("name", "tool_call_id", "reasoning_content")) {
            if (given.path(name).isTextual()) message.put(name, given.path(name).textValue());
        }
        return message;
    }

    /** A text, or the texts of a list of parts; the assistant may say nothing where it calls, and refuse in a field of its own. */
    private static String content(JsonNode message, String role, boolean calls) {
        var content = message.path("content");
        if (content.isTextual()) return content.textValue();
        if (content.isArray()) {
            var text = new StringBuilder();
            for (var part : content) text.append(text(part));
            return text.toString();
        }
        var nothing = content.isNull() || content.isMissingNode();
        if (nothing && role.equals("assistant") && message.path("refusal").isTextual()) return message.path("refusal").textValue();
        if (nothing && role.equals("assistant") && (calls || message.path("reasoning_content").isTextual())) return "";
        throw wrong("a message of the role " + role + " needs a content: a text, or a list of parts with texts");
    }

    private static String text(JsonNode part) {
        var type = part.path("type").asText();
        var said = part.path(type.equals("refusal") ? "refusal" : "text");
        if (!said.isTextual() || !TEXT_PARTS.contains(type) && !type.equals("refusal")) {
            throw wrong("a message has a part of the type " + type + "; only texts are learned from");
        }
        return said.textValue();
    }

    private static ArrayNode calls(JsonNode message) {
        var calls = MAKE.arrayNode();
        for (var call : message.path("tool_calls")) {
            requireFunction(call, "call");
            addCall(calls, call.path("id"), call.path("function"));
        }
        var older = message.path("function_call");
        if (older.isObject()) addCall(calls, older.path("id"), older);
        return calls;
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

    private static List<ObjectNode> tools(JsonNode line) {
        var tools = MAKE.arrayNode();
        for (var tool : line.path("tools")) {
            requireFunction(tool, "tool");
            addTool(tools, tool.path("function"));
        }
        for (var function : line.path("functions")) addTool(tools, function);
        var names = new HashSet<String>();
        return tools.valueStream().map(ObjectNode.class::cast).filter(t -> names.add(t.path("function").path("name").asText())).toList();
    }

    private static void addTool(ArrayNode tools, JsonNode function) {
        if (!function.path("name").isTextual()) throw wrong("a tool needs a function with a name");
        var definition = MAKE.objectNode().put("name", function.path("name").textValue());
        for (var key : List.of("description", "parameters")) {
            if (function.has(key) && !function.path(key).isNull()) definition.set(key, function.path(key));
        }
        tools.addObject().put("type", "function").set("function", definition);
    }
}
