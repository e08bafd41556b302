package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.Message;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A conversation to learn from, in the form of OpenAI's API and its files for fine-tuning.
 *
 * @param messages each with {@code role} (system, user, assistant or tool) and a text {@code content}; with {@code tool_calls}, whose
 *     arguments are JSON in a string, {@code tool_call_id}, {@code name} and {@code reasoning_content} where the file has them
 * @param tools functions, each {@code {"type": "function", "function": {…}}}
 * @param variables more that the chat template may read
 * @param unlearned numbers of the assistant's messages that are read but are no targets, as {@code "weight": 0} asks
 */
public record Chat(ArrayNode messages, List<ObjectNode> tools, Map<String, JsonNode> variables, Set<Integer> unlearned)
        implements ChatRecord {

    /** Copies the lists. */
    public Chat {
        tools = List.copyOf(tools);
        variables = Map.copyOf(variables);
        unlearned = Set.copyOf(unlearned);
    }

    /** A conversation of plain turns. */
    public static Chat of(List<Message> turns) {
        var messages = Turns.MAKE.arrayNode();
        for (var turn : turns) messages.addObject().put("role", turn.role()).put("content", turn.content());
        return new Chat(messages, List.of(), Map.of(), Set.of());
    }

    /**
     * Reads a conversation as OpenAI's files have it.
     *
     * @param line an object with {@code messages}; with {@code tools} or the older {@code functions}, and {@code chat_template_kwargs}, if
     *     it has them
     * @throws IllegalArgumentException saying what of it is no conversation, or cannot be learned from as it is meant
     */
    public static Chat read(JsonNode line) {
        return of(Turns.messages(line.path("messages")), unlearned(line.path("messages")), line);
    }

    /** These messages with the tools and variables that the line has beside them. */
    static Chat of(ArrayNode messages, Set<Integer> unlearned, JsonNode line) {
        if (messages.isEmpty()) throw new IllegalArgumentException("there are no messages");
        var variables = new HashMap<String, JsonNode>();
        for (var variable : line.path("chat_template_kwargs").properties()) variables.put(variable.getKey(), variable.getValue());
        return new Chat(messages, Tools.read(line), variables, unlearned);
    }

    private static Set<Integer> unlearned(JsonNode messages) {
        var none = new HashSet<Integer>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).path("weight").isNumber() && messages.get(i).path("weight").doubleValue() == 0) none.add(i);
        }
        return none;
    }

    @Override
    public Chat conversation() {
        return this;
    }

    /** What the user said last, where the conversation ends with a text of the user. */
    public Optional<String> lastQuestion() {
        var last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals("user") ? Optional.ofNullable(last.path("content").textValue()) : Optional.empty();
    }

    /** The same with another last question. */
    public Chat asking(String question) {
        var changed = messages.deepCopy();
        ((ObjectNode) changed.get(changed.size() - 1)).put("content", question);
        return new Chat(changed, tools, variables, unlearned);
    }

    /** This conversation followed by more. */
    Chat followedBy(ArrayNode more) {
        return new Chat(messages.deepCopy().addAll(more), tools, variables, unlearned);
    }

    void requireIsPrompt() {
        if (messages.isEmpty()) throw new IllegalArgumentException("the prompt is empty");
        if (messages.get(messages.size() - 1).path("role").asText().equals("assistant")) {
            throw new IllegalArgumentException("the prompt ends with the assistant's words, not where it is to answer");
        }
    }
}
