package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** A {@code prompt} and what goes with it, as TRL's files have them: texts or lists of messages. */
final class Prompts {

    private static final List<String> ANSWERS = List.of("answer", "solution", "ground_truth");

    private Prompts() {}

    // ---- the formats ----

    static Chat completed(JsonNode line) {
        return prompt(line, line.path("prompt")).followedBy(answer(line.path("completion"), "completion"));
    }

    static RatedAnswer rated(JsonNode line) {
        var label = line.path("label");
        if (!label.isBoolean() && !(label.isIntegralNumber() && (label.intValue() == 0 || label.intValue() == 1))) {
            throw new IllegalArgumentException("the label is " + label + "; it is true for a good answer and false for a bad one");
        }
        return new RatedAnswer(prompt(line, line.path("prompt")), answer(line.path("completion"), "completion"), label.asBoolean());
    }

    static boolean isVerifiable(JsonNode line) {
        return (line.has("prompt") || line.has("question")) && answer(line) != null;
    }

    static VerifiablePrompt verifiable(JsonNode line) {
        var question = line.has("prompt") ? line.path("prompt") : line.path("question");
        var answer = answer(line);
        if (answer == null) throw new IllegalArgumentException("there is no answer, which is a text or a number");
        var more = ((ObjectNode) line).deepCopy().without(List.of("prompt", "question", "tools", "functions", "chat_template_kwargs"));
        return new VerifiablePrompt(prompt(line, question), answer, (ObjectNode) more);
    }

    private static String answer(JsonNode line) {
        return ANSWERS.stream().map(line::path).filter(a -> a.isTextual() || a.isNumber()).map(JsonNode::asText).findFirst().orElse(null);
    }

    // ---- their parts ----

    /** A conversation up to the answer: a text is what the user asks. */
    static Chat prompt(JsonNode line, JsonNode prompt) {
        if (prompt.isTextual()) return Chat.of(question(line, prompt.textValue()), Set.of(), line);
        if (!prompt.isArray()) throw new IllegalArgumentException("the prompt is neither a text nor a list of messages");
        return Chat.of(ShareGpt.withSystem(line, ShareGpt.turns(prompt)), Set.of(), line);
    }

    private static ArrayNode question(JsonNode line, String text) {
        if (text.isBlank()) throw new IllegalArgumentException("the prompt is empty");
        return ShareGpt.withSystem(line, Turns.MAKE.arrayNode().add(Turns.of("user", text)));
    }

    /** An answer: a text is what the assistant says. */
    static ArrayNode answer(JsonNode answer, String name) {
        if (answer.isTextual()) return Turns.MAKE.arrayNode().add(Turns.of("assistant", answer.textValue()));
        if (!answer.isContainerNode()) throw new IllegalArgumentException(name + " is neither a text nor a list of messages");
        return ShareGpt.turns(answer);
    }
}
