package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.ConversationGenerator;
import dev.parley.data.chat.Chat;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Conversations with a calculator at hand: it is called for sums, differences and products, and for nothing else. */
final class CalculatorChats {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final List<String> QUESTIONS = List.of("What is %d %s %d?", "%d %s %d", "How much is %d %s %d?", "Calculate %d %s %d.",
            "%d %s %d = ?", "Can you work out %d %s %d?", "Please calculate %d %s %d", "what's %d %s %d");
    private static final Map<String, String> SPOKEN = Map.of("+", "plus", "-", "minus", "*", "times");

    private CalculatorChats() {}

    /** One or two turns, most of which calculate. */
    static Chat next(ConversationGenerator conversations, RandomGenerator random) {
        var messages = MAKE.arrayNode();
        for (int turn = random.nextInt(3) == 0 ? 2 : 1; turn > 0; turn--) {
            if (random.nextInt(10) < 7) addCalculation(messages, random);
            else addTalk(messages, conversations, random);
        }
        return new Chat(messages, List.of(definition()), Map.of(), Set.of());
    }

    /** The tool as the tutorial's server offers it. */
    static ObjectNode definition() {
        var function = MAKE.objectNode().put("name", "calculate").put("description", "Works out an expression such as 12 * 34.");
        function.putObject("parameters").put("type", "object").putObject("properties").putObject("expression").put("type", "string");
        function.withObject("parameters").putArray("required").add("expression");
        return MAKE.objectNode().put("type", "function").set("function", function);
    }

    /** A question alone, with its result and the tool. */
    static String question(RandomGenerator random) {
        var asked = Calculation.next(random);
        var line = MAKE.objectNode().put("prompt", asked.question()).put("answer", String.valueOf(asked.result()));
        line.putArray("tools").add(definition());
        return line.toString();
    }

    /** @param expression that the tool is to work out */
    private record Calculation(String question, String expression, int result) {

        static Calculation next(RandomGenerator random) {
            var operator = List.of("+", "-", "*").get(random.nextInt(3));
            int a = number(random), b = number(random);
            var question = String.format(Locale.ROOT, QUESTIONS.get(random.nextInt(QUESTIONS.size())), a,
                    random.nextInt(3) == 0 ? SPOKEN.get(operator) : operator, b);
            return new Calculation(question, a + " " + operator + " " + b,
                    operator.equals("+") ? a + b : operator.equals("-") ? a - b : a * b);
        }
    }

    private static void addCalculation(ArrayNode messages, RandomGenerator random) {
        var asked = Calculation.next(random);
        messages.addObject().put("role", "user").put("content", asked.question());
        messages.addObject().put("role", "assistant").put("content", "").putArray("tool_calls").addObject().put("type", "function")
                .putObject("function").put("name", "calculate")
                .put("arguments", MAKE.objectNode().put("expression", asked.expression()).toString());
        messages.addObject().put("role", "tool").put("content", String.valueOf(asked.result()));
        messages.addObject().put("role", "assistant").put("content", asked.expression() + " = " + asked.result());
    }

    private static int number(RandomGenerator random) {
        return random.nextInt(random.nextBoolean() ? 1_000 : 100);
    }

    private static void addTalk(ArrayNode messages, ConversationGenerator conversations, RandomGenerator random) {
        var talk = new ArrayList<Message>();
        var topics = new ConversationGenerator(conversations.topics(), conversations.tasks(), 1); // sums would be worked out in the head
        while (talk.isEmpty() || talk.getFirst().content().matches(".*[0-9].*")) talk = new ArrayList<>(topics.next(random));
        for (var turn : talk.subList(0, 2)) messages.addObject().put("role", turn.role()).put("content", turn.content());
    }
}
