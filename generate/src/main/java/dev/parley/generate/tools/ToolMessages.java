package dev.parley.generate.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Messages of OpenAI's API brought into the form that a template can show: calls and their results above all. */
final class ToolMessages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ToolMessages() {}

    // ---- for templates that know of tools ----

    /**
     * The messages with the arguments of calls as the template wants them.
     *
     * @param argumentsAsText whether as JSON in a string, not as an object
     * @param shortIds whether ids of calls must have nine letters and digits
     */
    static ArrayNode forTemplate(ArrayNode messages, boolean argumentsAsText, boolean shortIds) {
        var given = messages.deepCopy();
        for (var message : given) {
            if (shortIds && message.has("tool_call_id"))
                ((ObjectNode) message).put("tool_call_id", shortId(message.path("tool_call_id").asText()));
            for (var call : message.path("tool_calls")) {
                if (shortIds) ((ObjectNode) call).put("id", shortId(call.path("id").asText()));
                if (!argumentsAsText) ((ObjectNode) call.path("function")).set("arguments", value(call.path("function").path("arguments")));
            }
        }
        return given;
    }

    /** Puts the calls into the text of their messages, as the model writes them. */
    static void writeCalls(ArrayNode messages, ToolFormat format) {
        for (var message : messages) {
            if (!message.has("tool_calls")) continue;
            var calls = ((ObjectNode) message).remove("tool_calls");
            ((ObjectNode) message).put("content", joined(message.path("content").asText(), format.written(calls), ""));
        }
    }

    /** The same nine letters and digits for the same id. */
    private static String shortId(String id) {
        if (id.matches("[a-zA-Z0-9]{9}")) return id;
        var number = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits() >>> 1;
        return String.format(Locale.ROOT, "%9s", Long.toString(number % 101_559_956_668_416L, 36)).replace(' ', '0'); // 36^9
    }

    /** What a string of JSON says; a string that is no JSON, as a model may have made it, stays one. */
    private static JsonNode value(JsonNode arguments) {
        if (!arguments.isTextual()) return arguments;
        if (arguments.textValue().isBlank()) return JsonNodeFactory.instance.objectNode();
        try {
            var value = JSON.readTree(arguments.textValue());
            return value.isObject() ? value : arguments;
        } catch (JsonProcessingException e) {
            return arguments;
        }
    }

    // ---- for templates that do not ----

    /** The messages with calls and results as text: what the assistant wrote, and what a user answers to that. */
    static ArrayNode asText(ArrayNode messages) {
        var plain = JsonNodeFactory.instance.arrayNode(messages.size());
        var afterResult = false;
        for (var message : messages) {
            var isResult = message.path("role").asText().equals("tool");
            var copy = message.<ObjectNode>deepCopy();
            copy.remove("tool_calls");
            copy.remove("tool_call_id");
            if (isResult)
                copy.put("role", "user").put("content", ToolTemplate.RESULT + message.path("content").asText() + "\n</tool_response>");
            else if (message.has("tool_calls"))
                copy.put("content", joined(message.path("content").asText(), calls(message.path("tool_calls")), "\n"));
            if (!(isResult || afterResult) || !joinedToLast(plain, copy)) plain.add(copy);
            afterResult = isResult;
        }
        return plain;
    }

    /** Several results, and what the user says beside them, are one turn: many templates want user and assistant in turn. */
    private static boolean joinedToLast(ArrayNode plain, ObjectNode message) {
        var last = plain.path(plain.size() - 1);
        if (!last.path("role").asText().equals("user") || !message.path("role").asText().equals("user")) return false;
        ((ObjectNode) last).put("content", last.path("content").asText() + "\n" + message.path("content").asText());
        return true;
    }

    private static String calls(JsonNode calls) {
        var written = new ArrayList<String>();
        for (var call : calls) {
            var function = call.path("function");
            var arguments = value(function.path("arguments"));
            var object = JsonNodeFactory.instance.objectNode().put("name", function.path("name").asText()).set("arguments", arguments);
            written.add(HermesFormat.OPEN + "\n" + object + "\n" + HermesFormat.CLOSE);
        }
        return String.join("\n", written);
    }

    /** What tells the model of its tools. */
    static String note(List<Tool> tools) {
        var note = new StringBuilder(
                "You may call functions. Each line between <tools> and </tools> describes one, with a JSON schema of its "
                        + "parameters:\n<tools>\n");
        for (var tool : tools) note.append(tool.definition()).append('\n');
        return note.append(
                "</tools>\nTo call a function, answer with its name and its arguments in this form, once for each call:\n<tool_call>\n")
                .append("{\"name\": \"the function's name\", \"arguments\": {\"a parameter\": \"its value\"}}\n</tool_call>").toString();
    }

    /** The note behind what the system prompt says. */
    static ArrayNode withSystemNote(ArrayNode messages, String note) {
        var all = messages.deepCopy();
        if (!all.isEmpty() && all.get(0).path("role").asText().equals("system")) {
            var system = (ObjectNode) all.get(0);
            system.put("content", joined(system.path("content").asText(), note, "\n\n"));
        } else {
            all.insertObject(0).put("role", "system").put("content", note);
        }
        return all;
    }

    /** The note before what the user says first, for templates without a system prompt. */
    static ArrayNode withUserNote(ArrayNode messages, String note) {
        var all = messages.deepCopy();
        for (var message : all) {
            if (!message.path("role").asText().equals("user")) continue;
            ((ObjectNode) message).put("content", joined(note, message.path("content").asText(), "\n\n"));
            return all;
        }
        return withSystemNote(messages, note);
    }

    private static String joined(String first, String second, String separator) {
        return first.isEmpty() ? second : second.isEmpty() ? first : first + separator + second;
    }
}
