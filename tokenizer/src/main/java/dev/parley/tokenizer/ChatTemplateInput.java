package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a chat template is given: the turns as JSON, in the shape of OpenAI's API, and what goes with them.
 *
 * <pre>{@code
 * var conversation = ChatTemplateInput.of(List.of(Message.user("Hi"))).withGenerationPrompt(true)
 *         .withVariables(Map.of("enable_thinking", BooleanNode.FALSE));
 * String prompt = template.render(conversation).text();
 * }</pre>
 *
 * @param messages a list of objects with {@code role} and {@code content}, a string or a list of parts; and whatever else the
 *     template reads, such as {@code tool_calls} or {@code reasoning_content}
 * @param tools a list of JSON schemas of functions
 * @param addGenerationPrompt whether the text ends where the assistant is to begin
 * @param variables more that the template may ask for, by name
 * @param specialTokens texts by role, such as {@code bos_token}; where the template writes them they are tokens, so they are for
 *     whoever runs the model to give, not for whoever talks to it
 * @param now what the template takes for the present time
 */
public record ChatTemplateInput(JsonNode messages, Optional<JsonNode> tools, boolean addGenerationPrompt, Map<String, JsonNode> variables,
        Map<String, String> specialTokens, Supplier<LocalDateTime> now) {

    /** @throws IllegalArgumentException if the messages are no list */
    public ChatTemplateInput {
        if (!messages.isArray())
            throw new IllegalArgumentException("The messages of a conversation are a list, not " + messages.getNodeType() + ".");
        variables = Map.copyOf(variables);
        specialTokens = Map.copyOf(specialTokens);
    }

    /** Turns alone; the time is the machine's. */
    public static ChatTemplateInput of(JsonNode messages) {
        return new ChatTemplateInput(messages, Optional.empty(), false, Map.of(), Map.of(), LocalDateTime::now);
    }

    /** Turns of plain text. */
    public static ChatTemplateInput of(List<Message> messages) {
        var list = JsonNodeFactory.instance.arrayNode(messages.size());
        for (var message : messages) list.addObject().put("role", message.role()).put("content", message.content());
        return of(list);
    }

    /**
     * The same with another conversation.
     *
     * @param messages a list of objects with {@code role} and {@code content}
     * @return a copy with them
     * @throws IllegalArgumentException if the messages are no list
     */
    public ChatTemplateInput withMessages(JsonNode messages) {
        return new ChatTemplateInput(messages, tools, addGenerationPrompt, variables, specialTokens, now);
    }

    /**
     * The same with the functions that the model may call.
     *
     * @param tools a list of JSON schemas of functions, or JSON's null for none
     * @return a copy with them
     */
    public ChatTemplateInput withTools(JsonNode tools) {
        return new ChatTemplateInput(messages, tools.isNull() ? Optional.empty() : Optional.of(tools), addGenerationPrompt, variables,
                specialTokens, now);
    }

    /**
     * The same with or without the words that open the assistant's turn.
     *
     * @param add true for a model that is to answer; the default is false, as training wants it
     * @return a copy with it
     */
    public ChatTemplateInput withGenerationPrompt(boolean add) {
        return new ChatTemplateInput(messages, tools, add, variables, specialTokens, now);
    }

    /**
     * The same with these variables, in place of all that it had.
     *
     * @param more by name, such as {@code enable_thinking}
     * @return a copy with them
     */
    public ChatTemplateInput withVariables(Map<String, JsonNode> more) {
        return new ChatTemplateInput(messages, tools, addGenerationPrompt, more, specialTokens, now);
    }

    /** These special tokens, and of the present ones those that have no other text here. */
    public ChatTemplateInput withSpecialTokens(Map<String, String> more) {
        var all = new HashMap<>(specialTokens);
        all.putAll(more);
        return new ChatTemplateInput(messages, tools, addGenerationPrompt, variables, all, now);
    }

    /**
     * The same with another present time, so that a test renders the same text on any day.
     *
     * @param clock asked when the template asks
     * @return a copy with it
     */
    public ChatTemplateInput withNow(Supplier<LocalDateTime> clock) {
        return new ChatTemplateInput(messages, tools, addGenerationPrompt, variables, specialTokens, clock);
    }

    /** The first turns of it. */
    ChatTemplateInput first(int count) {
        var list = JsonNodeFactory.instance.arrayNode(count);
        for (int i = 0; i < count; i++) list.add(messages.get(i));
        return withMessages(list);
    }
}
