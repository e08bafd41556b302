package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.HeldOut;
import dev.parley.data.chat.Chat;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Example;
import java.util.random.RandomGenerator;

/** Lines of example data as files have them. */
final class Questions {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final Arithmetic SUMS = Arithmetic.sumsTo20(HeldOut.PUBLISHED);

    private Questions() {}

    /** A sum and its result, which an answer is to have. */
    static String sum(RandomGenerator random) {
        return json(SUMS.train(random));
    }

    /** The same of numbers that no model here has trained on. */
    static String heldOutSum(RandomGenerator random) {
        var all = SUMS.heldOut(random);
        return json(all.get(random.nextInt(all.size())));
    }

    private static String json(Example sum) {
        var result = sum.answer().substring(sum.answer().lastIndexOf(' ') + 1);
        return MAKE.objectNode().put("prompt", sum.prompt()).put("answer", result).toString();
    }

    /** As OpenAI's files have a conversation. */
    static String json(Chat chat) {
        ObjectNode line = MAKE.objectNode().set("messages", chat.messages());
        if (!chat.tools().isEmpty()) line.set("tools", MAKE.arrayNode().addAll(chat.tools()));
        return line.toString();
    }
}
