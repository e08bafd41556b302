package dev.parley.serve.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatAnswer.Piece;
import dev.parley.serve.http.JsonBody;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The blocks of an answer while they grow, and the events that tell of them. An answer that is taken as a whole goes the same way, with
 * nobody to hear the events.
 */
final class MessageBlocks implements ChatAnswer.Reader {

    private final boolean showsThoughts;
    private final MessageEvents events;
    private final ArrayNode done = JsonNodeFactory.instance.arrayNode();
    private Optional<Block> open = Optional.empty();

    private sealed interface Block {
        StringBuilder text();
    }

    private record Thought(StringBuilder text) implements Block {}

    private record Said(StringBuilder text) implements Block {}

    private record Called(String id, String name, StringBuilder text) implements Block {}

    /**
     * @param showsThoughts whether thoughts are told; otherwise their block is empty
     * @param events is told of each
     */
    MessageBlocks(boolean showsThoughts, MessageEvents events) {
        this.showsThoughts = showsThoughts;
        this.events = events;
    }

    @Override
    public void onPieces(int choice, List<Piece> pieces, List<TokenLogprob> logprobs) {
        for (var piece : pieces) {
            switch (piece) {
                case Piece.Thought(var text) -> think(text);
                case Piece.Text(var text) -> say(text);
                case Piece.CallBegun(var index, var id, var name) -> begin(new Called(MessageJson.callId(id), name, new StringBuilder()));
                case Piece.CallArguments(var index, var json) -> grow(json, "input_json_delta", "partial_json");
            }
        }
    }

    private void think(String text) {
        if (!(open.orElse(null) instanceof Thought)) begin(new Thought(new StringBuilder()));
        if (showsThoughts) grow(text, "thinking_delta", "thinking");
        else open.orElseThrow().text().append(text);
    }

    void say(String text) {
        if (!(open.orElse(null) instanceof Said)) begin(new Said(new StringBuilder()));
        grow(text, "text_delta", "text");
    }

    /** No more comes. @return all blocks */
    ArrayNode finish() {
        close();
        return done;
    }

    private void begin(Block block) {
        close();
        open = Optional.of(block);
        var event = event("content_block_start");
        event.set("content_block", json(block, false));
        events.tell(event);
    }

    private void grow(String text, String type, String field) {
        open.orElseThrow().text().append(text);
        delta(type, field, text);
    }

    private void close() {
        if (open.isEmpty()) return;
        if (open.get() instanceof Thought(var text)) delta("signature_delta", "signature", signature(text));
        events.tell(event("content_block_stop"));
        done.add(json(open.get(), true));
        open = Optional.empty();
    }

    private void delta(String type, String field, String value) {
        var event = event("content_block_delta");
        event.putObject("delta").put("type", type).put(field, value);
        events.tell(event);
    }

    private ObjectNode event(String type) {
        return MessageJson.event(type).put("index", done.size());
    }

    @Override
    public void onWait() {
        events.onWait();
    }

    private ObjectNode json(Block block, boolean whole) {
        var json = JsonNodeFactory.instance.objectNode();
        return switch (block) {
            case Thought(var text) -> json.put("type", "thinking").put("thinking", showsThoughts && whole ? text.toString() : "")
                    .put("signature", whole ? signature(text) : "");
            case Said(var text) -> json.put("type", "text").put("text", whole ? text.toString() : "").putNull("citations");
            case Called(var id, var name, var text) -> {
                json.put("type", "tool_use").put("id", id).put("name", name);
                json.set("input", whole ? input(text.toString()) : JsonNodeFactory.instance.objectNode());
                json.putObject("caller").put("type", "direct");
                yield json;
            }
        };
    }

    /** Clients send it back with the thoughts, and want one. It proves nothing, as nothing depends on it. */
    private static String signature(CharSequence thoughts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(thoughts.toString().getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    /** What a model has written, or was cut off in, need not be JSON; Anthropic's documentation wraps that so. */
    private static JsonNode input(String arguments) {
        try {
            var input = JsonBody.JSON.readTree(arguments.isBlank() ? "{}" : arguments);
            if (input.isObject()) return input;
        } catch (JsonProcessingException e) {
            // told as it is, below
        }
        return JsonNodeFactory.instance.objectNode().put("INVALID_JSON", arguments);
    }
}
