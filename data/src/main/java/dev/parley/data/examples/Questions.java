package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.ConversationGenerator;
import dev.parley.data.HeldOut;
import dev.parley.data.Rephrase;
import dev.parley.data.chat.Chat;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Example;
import java.util.random.RandomGenerator;

/** A question with a right and a wrong answer. */
record Questions(String question, String right, String wrong) {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final Arithmetic SUMS = Arithmetic.sumsTo20(HeldOut.PUBLISHED);

    /** About a topic, with another topic's answer as the wrong one; or a sum, with another result. */
    static Questions next(ConversationGenerator conversations, RandomGenerator random) {
        if (random.nextInt(3) == 0) return sum(random);
        var topics = conversations.topics();
        var topic = topics.get(random.nextInt(topics.size()));
        var other = topic;
        while (other.answers().getFirst().equals(topic.answers().getFirst()) || !other.language().equals(topic.language()))
            other = topics.get(random.nextInt(topics.size()));
        var question = topic.questions().get(random.nextInt(topic.questions().size()));
        return new Questions(Rephrase.vary(question, random), topic.answers().getFirst(), other.answers().getFirst());
    }

    static Questions sum(RandomGenerator random) {
        return of(SUMS.train(random), random);
    }

    static Questions heldOutSum(RandomGenerator random) {
        var all = SUMS.heldOut(random);
        return of(all.get(random.nextInt(all.size())), random);
    }

    private static Questions of(Example example, RandomGenerator random) {
        var equals = example.answer().lastIndexOf(' ') + 1;
        var result = Integer.parseInt(example.answer().substring(equals));
        var off = 1 + random.nextInt(9);
        var wrong = result >= off && random.nextBoolean() ? result - off : result + off;
        return new Questions(example.prompt(), example.answer(), example.answer().substring(0, equals) + wrong);
    }

    String pair() {
        return MAKE.objectNode().put("prompt", question).put("chosen", right).put("rejected", wrong).toString();
    }

    String thumb(boolean good) {
        return MAKE.objectNode().put("prompt", question).put("completion", good ? right : wrong).put("label", good).toString();
    }

    String prompt() {
        return MAKE.objectNode().put("prompt", question).put("answer", right.substring(right.lastIndexOf(' ') + 1)).toString();
    }

    /** As OpenAI's files have a conversation. */
    static String json(Chat chat) {
        ObjectNode line = MAKE.objectNode().set("messages", chat.messages());
        if (!chat.tools().isEmpty()) line.set("tools", MAKE.arrayNode().addAll(chat.tools()));
        return line.toString();
    }
}
