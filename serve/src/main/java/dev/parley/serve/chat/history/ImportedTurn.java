package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.JsonFields;
import java.util.Set;

/** What an assistant is said to have done, in a document that somebody sent: only what the page knows, each of its type. */
final class ImportedTurn {

    private static final Set<String> ENDINGS = Set.of("answered", "unknown", "guarded", "quoted");
    private static final int MOST_ITEMS = 1_000;
    private static final int MOST_ARGUMENTS = 100_000;

    private ImportedTurn() {}

    /** @throws dev.parley.serve.http.ApiError if it is none */
    static ObjectNode read(JsonFields fields) {
        var turn = JsonNodeFactory.instance.objectNode().put("assistant", fields.requireString("assistant"));
        texts(turn, fields, "language", "model", "notice", "thoughts");
        fields.string("ending").ifPresent(ending -> {
            if (!ENDINGS.contains(ending)) throw fields.wrong("ending", "answered, unknown, guarded or quoted");
            turn.put("ending", ending);
        });
        turn.put("cited", fields.flag("cited"));
        var sources = turn.putArray("sources");
        for (var source : fields.list("sources", MOST_ITEMS).orElseGet(JsonNodeFactory.instance::arrayNode)) {
            if (!source.canConvertToInt()) throw fields.wrong("sources", "a list of numbers");
            sources.add(source.intValue());
        }
        passages(turn.putArray("passages"), fields);
        decisions(turn.putArray("decisions"), fields);
        tools(turn.putArray("tools"), fields);
        return turn;
    }

    private static void passages(ArrayNode passages, JsonFields fields) {
        for (var given : fields.objects("passages", MOST_ITEMS)) {
            var passage = passages.addObject().put("number", number(given, "number"));
            texts(passage, given, "id", "source", "title");
            passage.put("page", number(given, "page")).put("start", number(given, "start")).put("end", number(given, "end"));
            texts(passage, given, "text");
        }
    }

    private static void decisions(ArrayNode decisions, JsonFields fields) {
        for (var given : fields.objects("decisions", MOST_ITEMS)) {
            var decision = decisions.addObject();
            texts(decision, given, "stage", "guardrail", "rule");
            decision.put("ended", given.flag("ended"));
            texts(decision, given, "action", "reason");
        }
    }

    private static void tools(ArrayNode tools, JsonFields fields) {
        for (var given : fields.objects("tools", MOST_ITEMS)) {
            var tool = tools.addObject();
            texts(tool, given, "id", "source", "tool");
            tool.set("arguments", given.json("arguments", MOST_ARGUMENTS).orElseGet(JsonNodeFactory.instance::objectNode));
            texts(tool, given, "result");
            tool.put("error", given.flag("error"));
        }
    }

    private static void texts(ObjectNode into, JsonFields fields, String... names) {
        for (var name : names)
            fields.string(name).ifPresent(text -> into.put(name, Messages.checked(fields.path(name), Texts.clean(text))));
    }

    private static int number(JsonFields fields, String name) {
        return fields.integer(name, 0, Integer.MAX_VALUE).orElse(0);
    }
}
