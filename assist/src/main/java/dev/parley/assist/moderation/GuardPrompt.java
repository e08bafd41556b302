package dev.parley.assist.moderation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.util.List;
import java.util.Map;

/**
 * What a guard model is asked: its chat template with the conversation in it. Some templates read messages as texts and others as lists of
 * parts; which of the two is found out by trying.
 */
final class GuardPrompt {

    private static final String PROBE = "a text to look for";

    private final ChatTemplate template;
    private final boolean inParts;

    /** @throws GuardModelException if the template shows neither form of a message */
    GuardPrompt(ChatTemplate template) {
        this.template = template;
        if (shows(false)) inParts = false;
        else if (shows(true)) inParts = true;
        else throw new GuardModelException("The guard model's chat template leaves out what it is given to judge.");
    }

    private boolean shows(boolean parts) {
        try {
            return template.text(conversation(List.of(Message.user(PROBE)), parts)).contains(PROBE);
        } catch (TokenizerException e) {
            return false;
        }
    }

    /** The conversation, of which the last message is judged, as text. */
    String text(List<Message> conversation) {
        return template.text(conversation(conversation, inParts));
    }

    /** The same as tokens; what looks like a control token in a message is none. */
    int[] ids(Tokenizer tokenizer, List<Message> conversation) {
        return template.ids(tokenizer, conversation(conversation, inParts));
    }

    private static ChatTemplateInput conversation(List<Message> messages, boolean inParts) {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var message : messages) add(list, message, inParts);
        return ChatTemplateInput.of(list).withGenerationPrompt(true)
                .withVariables(Map.of("excluded_category_keys", JsonNodeFactory.instance.arrayNode()));
    }

    private static void add(ArrayNode list, Message message, boolean inParts) {
        var json = list.addObject().put("role", message.role());
        if (inParts) json.putArray("content").addObject().put("type", "text").put("text", message.content());
        else json.put("content", message.content());
    }
}
