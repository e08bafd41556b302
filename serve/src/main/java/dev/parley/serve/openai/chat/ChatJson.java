package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatAnswer.Choice;
import dev.parley.serve.answering.ChatAnswer.Piece;
import dev.parley.serve.answering.LogprobsJson;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.http.ServerSentEvents.Template;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.AnswerEnvelope;
import dev.parley.serve.openai.UsageJson;
import java.util.List;
import java.util.Optional;

/** The JSON of answers to chats, whole and in pieces. */
final class ChatJson {

    private final AnswerEnvelope envelope = AnswerEnvelope.of("chatcmpl-");
    private final ServedModel model;
    private final boolean logprobs;
    private final boolean usage;

    /**
     * @param logprobs whether probabilities are told
     * @param usage whether pieces tell of usage, which they do at the end
     */
    ChatJson(ServedModel model, boolean logprobs, boolean usage) {
        this.model = model;
        this.logprobs = logprobs;
        this.usage = usage;
    }

    /** A whole answer. */
    ObjectNode whole(ChatAnswer answer) {
        var json = envelope.json("chat.completion", model);
        var choices = json.putArray("choices");
        for (int i = 0; i < answer.choices().size(); i++) {
            var choice = answer.choices().get(i);
            var item = choices.addObject().put("index", i);
            item.set("message", message(choice));
            put(item, choice.logprobs());
            item.put("finish_reason", choice.finishReason());
        }
        json.set("usage", UsageJson.chat(answer.usage()));
        return json;
    }

    private static ObjectNode message(Choice choice) {
        var message = JsonNodeFactory.instance.objectNode().put("role", "assistant");
        message.put("content", choice.text().isEmpty() && !choice.calls().isEmpty() ? null : choice.text()).putNull("refusal");
        if (!choice.thoughts().isEmpty()) message.put("reasoning_content", choice.thoughts());
        if (choice.calls().isEmpty()) return message;
        var calls = message.putArray("tool_calls");
        for (var call : choice.calls()) {
            calls.addObject().put("id", call.id()).put("type", "function").putObject("function").put("name", call.name()).put("arguments",
                    call.arguments());
        }
        return message;
    }

    /** The first piece of a choice: who speaks. */
    ObjectNode begin(int choice) {
        var delta = JsonNodeFactory.instance.objectNode().put("role", "assistant").put("content", "").putNull("refusal");
        return piece(choice, delta, List.of(), Optional.empty());
    }

    /** More text of a choice, without probabilities. */
    Template moreText(int choice) {
        return Template.of(text -> more(choice, List.of(new Piece.Text(text)), List.of()));
    }

    /** More of a choice. */
    ObjectNode more(int choice, List<Piece> pieces, List<TokenLogprob> tokens) {
        return piece(choice, delta(pieces), tokens, Optional.empty());
    }

    private static ObjectNode delta(List<Piece> pieces) {
        var delta = JsonNodeFactory.instance.objectNode();
        for (var piece : pieces) {
            switch (piece) {
                case Piece.Thought(var text) -> delta.put("reasoning_content", delta.path("reasoning_content").asText() + text);
                case Piece.Text(var text) -> delta.put("content", delta.path("content").asText() + text);
                case Piece.CallBegun(var index, var id, var name) ->
                    delta.withArray("tool_calls").addObject().put("index", index).put("id", id)
                            .put("type", "function").putObject("function").put("name", name).put("arguments", "");
                case Piece.CallArguments(var index, var json) ->
                    delta.withArray("tool_calls").addObject().put("index", index).putObject("function").put("arguments", json);
            }
        }
        return delta;
    }

    /** The last piece of a choice. */
    ObjectNode end(int choice, String finishReason) {
        return piece(choice, JsonNodeFactory.instance.objectNode(), List.of(), Optional.of(finishReason));
    }

    /** The last piece of all, where it is asked for. */
    ObjectNode usage(Usage used) {
        var json = envelope.json("chat.completion.chunk", model);
        json.putArray("choices");
        json.set("usage", UsageJson.chat(used));
        return json;
    }

    private ObjectNode piece(int choice, ObjectNode delta, List<TokenLogprob> tokens, Optional<String> finishReason) {
        var json = envelope.json("chat.completion.chunk", model);
        var item = json.putArray("choices").addObject().put("index", choice);
        item.set("delta", delta);
        if (tokens.isEmpty()) item.putNull("logprobs");
        else put(item, tokens);
        item.put("finish_reason", finishReason.orElse(null));
        if (usage) json.putNull("usage");
        return json;
    }

    private void put(ObjectNode choice, List<TokenLogprob> tokens) {
        if (!logprobs) {
            choice.putNull("logprobs");
            return;
        }
        choice.putObject("logprobs").putNull("refusal").set("content", LogprobsJson.chat(model.tokenizer(), tokens));
    }
}
