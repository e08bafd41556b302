package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Set;

/** {@code instruction}, {@code input} and {@code output}, as Alpaca's files have them, with {@code history} and {@code system}. */
final class Alpaca {

    private Alpaca() {}

    static Chat read(JsonNode line) {
        var messages = prompt(line);
        messages.add(Turns.of("assistant", text(line, "output")));
        return Chat.of(messages, Set.of(), line);
    }

    /** All up to the answer: what was said before, then the instruction and, on a line of its own, what it is about. */
    static ArrayNode prompt(JsonNode line) {
        var messages = Turns.MAKE.arrayNode();
        for (var turn : line.path("history")) {
            if (turn.size() != 2 || !turn.path(0).isTextual() || !turn.path(1).isTextual()) {
                throw new IllegalArgumentException("the history is no list of pairs of texts");
            }
            messages.add(Turns.of("user", turn.get(0).textValue())).add(Turns.of("assistant", turn.get(1).textValue()));
        }
        var input = line.path("input").asText("");
        messages.add(Turns.of("user", text(line, "instruction") + (input.isBlank() ? "" : "\n" + input)));
        return ShareGpt.withSystem(line, messages);
    }

    private static String text(JsonNode line, String key) {
        if (!line.path(key).isTextual()) throw new IllegalArgumentException("there is no " + key + ", which is a text");
        return line.path(key).textValue();
    }
}
