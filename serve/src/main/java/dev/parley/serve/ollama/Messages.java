package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Ollama's messages and tools, read into those that chat templates read. */
final class Messages {

    private static final int MOST = 10_000;
    private static final int MOST_CALLS = 128;
    private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

    /** A call that has no result yet. */
    private record Waiting(String id, String name) {}

    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    private final List<Waiting> waiting = new ArrayList<>();
    private int named; // calls without a name of their own, so far

    private Messages() {}

    /**
     * The field {@code messages}; may be empty.
     *
     * @throws ApiError if a message is not one, or has pictures
     */
    static ArrayNode read(JsonFields fields) {
        var read = new Messages();
        for (var message : fields.objects("messages", MOST)) read.messages.add(read.message(message));
        return read.messages;
    }

    private ObjectNode message(JsonFields fields) {
        var role = fields.requireString("role").toLowerCase(Locale.ROOT);
        if (!ROLES.contains(role)) throw fields.wrong("role", "system, user, assistant or tool");
        refuseImages(fields);
        var message = JsonNodeFactory.instance.objectNode().put("role", role).put("content", fields.string("content").orElse(""));
        fields.string("thinking").filter(thoughts -> !thoughts.isEmpty()).ifPresent(text -> message.put("reasoning_content", text));
        var calls = calls(fields);
        if (!calls.isEmpty() && !role.equals("assistant")) throw fields.wrong("tool_calls", "absent where the role is " + role);
        if (!calls.isEmpty()) message.set("tool_calls", calls);
        if (role.equals("tool")) putCall(message, fields);
        return message;
    }

    /** @throws ApiError if there are any */
    static void refuseImages(JsonFields fields) {
        if (fields.list("images", Integer.MAX_VALUE).filter(list -> !list.isEmpty()).isPresent())
            throw ApiError.badRequest(fields.path("images"), fields.path("images") + " cannot be looked at; this model reads text only.");
    }

    private ArrayNode calls(JsonFields fields) {
        var calls = JsonNodeFactory.instance.arrayNode();
        for (var call : fields.objects("tool_calls", MOST_CALLS)) {
            call.ignore("type");
            var function = call.object("function").orElseThrow(() -> call.missing("function"));
            function.ignore("index");
            var name = function.requireString("name");
            var id = call.string("id").filter(given -> !given.isEmpty()).orElseGet(this::newId);
            waiting.add(new Waiting(id, name));
            calls.addObject().put("id", id).put("type", "function").putObject("function").put("name", name).put("arguments",
                    arguments(function));
        }
        return calls;
    }

    /** As JSON in a string; some clients send them so themselves. */
    private static String arguments(JsonFields function) {
        var given = function.any("arguments");
        if (given.isEmpty()) return "{}";
        if (given.get().isObject()) return given.get().toString();
        if (given.get().isTextual()) return given.get().textValue();
        throw function.wrong("arguments", "an object");
    }

    /** Whose result it is: by the call's id, else by the function's name, else that of the first call without a result. */
    private void putCall(ObjectNode message, JsonFields fields) {
        var plain = fields.string("name");
        var name = fields.string("tool_name").or(() -> plain);
        var given = fields.string("tool_call_id").filter(id -> !id.isEmpty());
        var of = waiting.stream().filter(call -> given.map(call.id()::equals).orElseGet(() -> name.map(call.name()::equals).orElse(true)))
                .findFirst();
        of.ifPresent(waiting::remove);
        message.put("tool_call_id", given.or(() -> of.map(Waiting::id)).orElseGet(this::newId));
        name.or(() -> of.map(Waiting::name)).ifPresent(known -> message.put("name", known));
    }

    /** Of nine letters and digits, as Mistral's templates want them. */
    private String newId() {
        return String.format(Locale.ROOT, "call%05d", named++);
    }

    /**
     * The field {@code tools}.
     *
     * @throws ApiError if a tool is none
     */
    static OfferedTools tools(JsonFields fields) {
        var tools = fields.objects("tools", OfferedTools.MOST).stream().map(item -> {
            item.ignore("type", "items");
            return OfferedTools.tool(item.object("function").orElseThrow(() -> item.missing("function")), "parameters");
        }).toList();
        return OfferedTools.ofAll(tools, true, "function.parameters");
    }
}
