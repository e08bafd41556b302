package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.turn.TurnJson;
import dev.parley.assist.turn.TurnResult;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.openai.AnswerEnvelope;
import dev.parley.serve.openai.UsageJson;

/** The JSON of an assistant's answers, whole and in pieces: that of chats, and in {@code parley} the whole turn. */
final class AssistantJson {

    private final AnswerEnvelope envelope = AnswerEnvelope.of("chatcmpl-");
    private final Served assistant;
    private final boolean usage;

    /** @param usage whether pieces tell of usage, which they do at the end */
    AssistantJson(Served assistant, boolean usage) {
        this.assistant = assistant;
        this.usage = usage;
    }

    private ObjectNode json(String object) {
        return envelope.json(object, assistant.name(), assistant.openedAt());
    }

    /** A whole answer. */
    ObjectNode whole(TurnResult result) {
        var json = json("chat.completion");
        var choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", result.answerWithNotice()).putNull("refusal");
        choice.putNull("logprobs").put("finish_reason", finishReason(result));
        json.set("usage", UsageJson.chat(Usage.of(result)));
        json.set("parley", TurnJson.of(assistant.name(), result));
        return json;
    }

    /** The first piece: who speaks. */
    ObjectNode begin() {
        return piece(JsonNodeFactory.instance.objectNode().put("role", "assistant").put("content", "").putNull("refusal"), null);
    }

    /** More text. */
    ObjectNode more(String text) {
        return piece(JsonNodeFactory.instance.objectNode().put("content", text), null);
    }

    /** The last piece, which has the turn with it. */
    ObjectNode end(TurnResult result) {
        var json = piece(JsonNodeFactory.instance.objectNode(), finishReason(result));
        json.set("parley", TurnJson.of(assistant.name(), result));
        return json;
    }

    /** What was used, where it is asked for. */
    ObjectNode used(TurnResult result) {
        var json = json("chat.completion.chunk");
        json.putArray("choices");
        json.set("usage", UsageJson.chat(Usage.of(result)));
        return json;
    }

    private ObjectNode piece(ObjectNode delta, String finishReason) {
        var json = json("chat.completion.chunk");
        var choice = json.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", finishReason);
        if (usage) json.putNull("usage");
        return json;
    }

    /** A fixed answer is whole. */
    private static String finishReason(TurnResult result) {
        return result.usage().map(TurnResult.Usage::finishReason).orElse("stop");
    }
}
