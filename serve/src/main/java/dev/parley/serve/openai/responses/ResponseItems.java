package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatAnswer.Piece;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.answering.LogprobsJson;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The items of a response while it grows, and the events that tell of them. An answer that is taken as a whole goes the same way, with
 * nobody to hear the events.
 */
final class ResponseItems implements ChatAnswer.Reader {

    private final Function<List<TokenLogprob>, ArrayNode> told;
    private final Consumer<ObjectNode> events;
    private final ArrayNode done = JsonNodeFactory.instance.arrayNode();
    private Optional<Item> open = Optional.empty();
    private List<TokenLogprob> waiting = List.of(); // of tokens whose text is not certain yet

    private sealed interface Item {
        String id();
    }

    private record Thought(String id, StringBuilder text) implements Item {}

    private record Said(String id, StringBuilder text, ArrayNode logprobs) implements Item {}

    private record Called(String id, String callId, String name, StringBuilder arguments) implements Item {}

    /**
     * @param tokenizer of the model, by whose tokens probabilities are told
     * @param events takes each; {@code type} says which it is
     */
    ResponseItems(Tokenizer tokenizer, Consumer<ObjectNode> events) {
        this(logprobs -> LogprobsJson.chat(tokenizer, logprobs), events);
    }

    /** Of an answer whose tokens are not known. */
    ResponseItems(Consumer<ObjectNode> events) {
        this(logprobs -> JsonNodeFactory.instance.arrayNode(), events);
    }

    private ResponseItems(Function<List<TokenLogprob>, ArrayNode> told, Consumer<ObjectNode> events) {
        this.told = told;
        this.events = events;
    }

    @Override
    public void onPieces(int choice, List<Piece> pieces, List<TokenLogprob> logprobs) {
        waiting = joined(waiting, logprobs);
        for (var piece : pieces) {
            switch (piece) {
                case Piece.Thought(var text) -> think(text);
                case Piece.Text(var text) -> say(text);
                case Piece.CallBegun(var index, var id, var name) -> call(id, name);
                case Piece.CallArguments(var index, var json) -> argue(json);
            }
        }
    }

    private static List<TokenLogprob> joined(List<TokenLogprob> first, List<TokenLogprob> second) {
        if (first.isEmpty() || second.isEmpty()) return first.isEmpty() ? second : first;
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** No more comes. @param cutOff whether more was to come @return all items */
    ArrayNode finish(boolean cutOff) {
        if (open.isEmpty() && done.isEmpty()) begin(new Said(Ids.of("msg_"), new StringBuilder(), JsonNodeFactory.instance.arrayNode()));
        close(cutOff ? "incomplete" : "completed");
        return done;
    }

    // ---- what is thought ----

    private void think(String text) {
        waiting = List.of(); // they are of thoughts, which have none
        if (!(open.orElse(null) instanceof Thought)) {
            close("completed");
            var thought = new Thought(Ids.of("rs_"), new StringBuilder());
            open = Optional.of(thought);
            var added = event("response.output_item.added");
            added.set("item", json(thought, "in_progress", false));
            events.accept(added);
        }
        var thought = (Thought) open.orElseThrow();
        thought.text().append(text);
        events.accept(event("response.reasoning_text.delta", thought).put("content_index", 0).put("delta", text));
    }

    private void end(Thought thought, String status) {
        events.accept(event("response.reasoning_text.done", thought).put("content_index", 0).put("text", thought.text().toString()));
        end(json(thought, status, true));
    }

    private static ObjectNode json(Thought thought, String status, boolean whole) {
        var item = JsonNodeFactory.instance.objectNode().put("id", thought.id()).put("type", "reasoning").put("status", status);
        item.putArray("summary");
        var content = item.putArray("content");
        if (whole) content.addObject().put("type", "reasoning_text").put("text", thought.text().toString());
        return item;
    }

    // ---- what is said ----

    void say(String text) {
        if (!(open.orElse(null) instanceof Said))
            begin(new Said(Ids.of("msg_"), new StringBuilder(), JsonNodeFactory.instance.arrayNode()));
        var said = (Said) open.orElseThrow();
        said.text().append(text);
        var tokens = told.apply(waiting);
        waiting = List.of();
        said.logprobs().addAll(tokens);
        var event = event("response.output_text.delta", said).put("content_index", 0).put("delta", text);
        event.set("logprobs", tokens);
        events.accept(event);
    }

    private void begin(Said said) {
        close("completed");
        open = Optional.of(said);
        var added = event("response.output_item.added");
        added.set("item", json(said, "in_progress", false));
        events.accept(added);
        var part = event("response.content_part.added", said).put("content_index", 0);
        part.set("part", part(said));
        events.accept(part);
    }

    private void end(Said said, String status) {
        said.logprobs().addAll(told.apply(waiting));
        var text = event("response.output_text.done", said).put("content_index", 0).put("text", said.text().toString());
        text.set("logprobs", said.logprobs());
        events.accept(text);
        var part = event("response.content_part.done", said).put("content_index", 0);
        part.set("part", part(said));
        events.accept(part);
        end(json(said, status, true));
    }

    private static ObjectNode part(Said said) {
        var part = JsonNodeFactory.instance.objectNode().put("type", "output_text").put("text", said.text().toString());
        part.putArray("annotations");
        part.set("logprobs", said.logprobs().deepCopy());
        return part;
    }

    private static ObjectNode json(Said said, String status, boolean whole) {
        var item = JsonNodeFactory.instance.objectNode().put("id", said.id()).put("type", "message").put("status", status).put("role",
                "assistant");
        var content = item.putArray("content");
        if (whole) content.add(part(said));
        return item;
    }

    // ---- what is called ----

    private void call(String callId, String name) {
        waiting = List.of(); // they are of a call, which has none
        close("completed");
        var called = new Called(Ids.of("fc_"), callId, name, new StringBuilder());
        open = Optional.of(called);
        var added = event("response.output_item.added");
        added.set("item", json(called, "in_progress"));
        events.accept(added);
    }

    private void argue(String json) {
        waiting = List.of();
        var called = (Called) open.orElseThrow();
        called.arguments().append(json);
        events.accept(event("response.function_call_arguments.delta", called).put("delta", json));
    }

    private void end(Called called, String status) {
        events.accept(event("response.function_call_arguments.done", called).put("name", called.name()).put("arguments",
                called.arguments().toString()));
        end(json(called, status));
    }

    private static ObjectNode json(Called called, String status) {
        return JsonNodeFactory.instance.objectNode().put("id", called.id()).put("type", "function_call").put("status", status)
                .put("call_id", called.callId()).put("name", called.name()).put("arguments", called.arguments().toString());
    }

    // ---- both ----

    private void close(String status) {
        switch (open.orElse(null)) {
            case Thought thought -> end(thought, status);
            case Said said -> end(said, status);
            case Called called -> end(called, status);
            case null -> {}
        }
        open = Optional.empty();
    }

    private void end(ObjectNode item) {
        var event = event("response.output_item.done");
        event.set("item", item);
        events.accept(event);
        done.add(item);
    }

    private ObjectNode event(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("output_index", done.size());
    }

    private ObjectNode event(String type, Item item) {
        return event(type).put("item_id", item.id());
    }
}
