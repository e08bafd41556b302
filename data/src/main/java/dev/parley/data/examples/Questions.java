package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.HeldOut;
import dev.parley.data.chat.Chat;
import dev.parley.data.tasks.Arithmetic;
import java.util.random.RandomGenerator;

/** Lines of example data as files have them. */
final class Questions {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final Arithmetic SUMS = Arithmetic.sumsTo20(HeldOut.PUBLISHED);

    private Questions() {}

    /** A sum and its result, which an answer is to have. */
    static String sum(RandomGenerator random) {
        var example = SUMS.train(random);
        var result = example.answer().substring(example.answer().lastIndexOf(' ') + 1);
        return MAKE.objectNode().put("prompt", example.prompt()).put("answer", result).toString();
    }

    /** As OpenAI's files have a conversation. */
    static String json(Chat chat) {
        ObjectNode line = MAKE.objectNode().set("messages", chat.messages());
        if (!chat.tools().isEmpty()) line.set("tools", MAKE.arrayNode().addAll(chat.tools()));
        return line.toString();
    }
}
