package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.Assistant;
import dev.parley.assist.LocalText;
import dev.parley.assist.OutputForm;
import dev.parley.assist.guard.DataBlock;
import dev.parley.knowledge.Passage;
import dev.parley.tokenizer.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The messages of a turn. Passages stand before the question, numbered, each in a {@link DataBlock}: what they ask for is no
 * instruction.
 */
final class TurnPrompt {

    private static final LocalText GROUNDED = local(
            "Answer from these passages. If they do not say it, say that you do not know.",
            "请根据这些段落回答；段落中没有的，就说不知道。");
    private static final LocalText CITE = local(
            "Put the number of the passage that a statement stands on behind it, such as [1].",
            "在每个说法后面标出所依据段落的编号，例如 [1]。");
    private static final LocalText QUESTION = local("Question: ", "问题：");

    private TurnPrompt() {}

    private static LocalText local(String english, String chinese) {
        var texts = new LinkedHashMap<String, String>();
        texts.put("en", english);
        texts.put("zh", chinese);
        return new LocalText(texts);
    }

    /** The instruction that begins the conversation. */
    static String system(Assistant assistant, Optional<OutputForm> form, String language) {
        var prompt = new StringBuilder(assistant.systemPrompt().in(language).strip());
        form.map(f -> f.instruction().in(language).strip()).filter(i -> !i.isEmpty()).ifPresent(i -> prompt.append("\n\n").append(i));
        return prompt.toString();
    }

    /** The instruction with what is to be known of data: what servers say of their tools is marked as data too. */
    static String withDataRule(String system, String language) {
        return system + "\n\n" + DataBlock.rule(language);
    }

    /**
     * The messages in the shape of OpenAI's API.
     *
     * @param cite whether the answer is to name passages
     */
    static ArrayNode messages(String system, List<Message> history, String message, List<Passage> passages, boolean required, boolean cite,
            String language) {
        var messages = JsonNodeFactory.instance.arrayNode();
        if (!system.isBlank()) messages.addObject().put("role", "system").put("content", system);
        for (var turn : history) messages.addObject().put("role", turn.role()).put("content", turn.content());
        messages.addObject().put("role", "user")
                .put("content", passages.isEmpty() ? message : block(passages, required, cite, language) + QUESTION.in(language) + message);
        return messages;
    }

    private static String block(List<Passage> passages, boolean required, boolean cite, String language) {
        var block = new StringBuilder(DataBlock.rule(language)).append('\n');
        for (int i = 0; i < passages.size(); i++) {
            var passage = passages.get(i);
            var title = passage.title().isEmpty() ? passage.source() : passage.source() + " › " + passage.title();
            block.append(DataBlock.wrap("[" + (i + 1) + "] " + title, passage.text())).append('\n');
        }
        if (required) block.append(GROUNDED.in(language)).append('\n');
        if (cite) block.append(CITE.in(language)).append('\n');
        return block.append('\n').toString();
    }
}
