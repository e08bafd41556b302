package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.turn.TurnJson;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.openai.StreamFields;
import dev.parley.serve.openai.chat.AssistantRequest;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An assistant's answer by {@code /v1/responses}. It has its own instructions, settings and tools; those of the request are told as
 * ignored.
 *
 * @param conversation all that was said
 * @param repeated what the response tells of the request
 * @param stream whether it is sent in pieces
 * @param store whether it can be gone on from
 */
record AssistantResponse(Served assistant, TurnRequest turn, ArrayNode conversation, ObjectNode repeated, boolean stream,
        boolean store) {

    /**
     * Reads a request.
     *
     * @param before what was said in the response that it goes on from
     * @throws dev.parley.serve.http.ApiError if it cannot be honoured
     */
    static AssistantResponse read(JsonFields fields, Served served, ArrayNode before) {
        var assistant = served.open().assistant();
        var conversation = ResponseInput.read(fields, before);
        ResponseRequest.refuseWhatIsNotThere(fields);
        var store = fields.any("store").isEmpty() || fields.flag("store");
        var own = assistant.sampling().over(GenerationConfig.builder().build());
        return new AssistantResponse(served, AssistantRequest.turn(conversation, "input", fields, assistant), conversation,
                ResponseRequest.repeatedByAssistant(fields, own, store), StreamFields.read(fields).stream(), store);
    }

    /** An answer as it was sent, and the conversation to go on from. */
    record Answered(ObjectNode response, ArrayNode conversation) {}

    /**
     * Runs the turn to its end, which is not told yet.
     *
     * @param ask runs it, and tells of pieces of text as they come
     * @param events takes what a stream tells
     */
    Answered run(Function<Consumer<String>, TurnResult> ask, ResponseJson json, Consumer<ObjectNode> events) {
        var items = new ResponseItems(events);
        var result = ask.apply(piece -> {
            if (!stream) return; // the whole is the turn's answer, and what came before a call of a tool is not in it
            json.begin();
            items.say(piece);
        });
        json.begin();
        if (!stream) items.say(result.answerWithNotice());
        var cutOff = result.usage().map(u -> u.finishReason().equals("length")).orElse(false);
        var response = json.ended(cutOff, items.finish(cutOff), Usage.of(result));
        response.set("parley", TurnJson.of(assistant.name(), result));
        var said = conversation.deepCopy();
        said.addObject().put("role", "assistant").put("content", result.answer());
        return new Answered(response, said);
    }
}
