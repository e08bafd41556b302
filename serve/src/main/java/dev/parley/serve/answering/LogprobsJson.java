package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Probabilities of tokens in the two shapes of OpenAI's API, the newer of which Ollama's has too. */
public final class LogprobsJson {

    // What OpenAI writes where a probability is zero, which JSON's numbers cannot say as a logarithm.
    private static final double LEAST = -9999;

    private LogprobsJson() {}

    /** The list {@code logprobs.content} of chats. */
    public static ArrayNode chat(Tokenizer tokenizer, List<TokenLogprob> tokens) {
        var list = JsonNodeFactory.instance.arrayNode(tokens.size());
        for (var token : tokens) {
            var item = put(list.addObject(), tokenizer, token.id(), token.logprob());
            var top = item.putArray("top_logprobs");
            for (var other : token.top()) put(top.addObject(), tokenizer, other.id(), other.logprob());
        }
        return list;
    }

    /** A token without a text, such as one that ends a turn, has no bytes, and its name. */
    private static ObjectNode put(ObjectNode item, Tokenizer tokenizer, int id, double logprob) {
        var bytes = bytes(tokenizer, id);
        item.put("token", bytes.length == 0 ? name(tokenizer, id) : new String(bytes, StandardCharsets.UTF_8)).put("logprob",
                finite(logprob));
        if (bytes.length == 0) return item.putNull("bytes");
        var list = item.putArray("bytes");
        for (var b : bytes) list.add(b & 0xff);
        return item;
    }

    /** The object {@code logprobs} of completions, to which tokens are added. */
    public static ObjectNode completion() {
        var object = JsonNodeFactory.instance.objectNode();
        object.putArray("tokens");
        object.putArray("token_logprobs");
        object.putArray("top_logprobs");
        object.putArray("text_offset");
        return object;
    }

    /**
     * Adds a token with its alternatives, itself among them in any case.
     *
     * @param offset of its text, in characters
     */
    public static void add(ObjectNode completion, Tokenizer tokenizer, TokenLogprob token, int offset) {
        var text = text(tokenizer, token.id());
        completion.withArray("tokens").add(text);
        completion.withArray("token_logprobs").add(finite(token.logprob()));
        var top = completion.withArray("top_logprobs").addObject();
        for (var other : token.top()) {
            var name = text(tokenizer, other.id());
            if (!top.has(name)) top.put(name, finite(other.logprob())); // of two tokens that look alike the likelier counts
        }
        if (!top.has(text)) top.put(text, finite(token.logprob()));
        completion.withArray("text_offset").add(offset);
    }

    /** Adds the first token of a prompt, of which no probability is known. */
    public static void addFirst(ObjectNode completion, Tokenizer tokenizer, int id) {
        completion.withArray("tokens").add(text(tokenizer, id));
        completion.withArray("token_logprobs").addNull();
        completion.withArray("top_logprobs").addNull();
        completion.withArray("text_offset").add(0);
    }

    /** A token's text; where that is a part of a character, its bytes are named, as OpenAI's API does. */
    private static String text(Tokenizer tokenizer, int id) {
        var bytes = bytes(tokenizer, id);
        if (bytes.length == 0) return name(tokenizer, id);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            var named = new StringBuilder("bytes:");
            for (var b : bytes) named.append(String.format(Locale.ROOT, "\\x%02x", b));
            return named.toString();
        }
    }

    private static String name(Tokenizer tokenizer, int id) {
        try {
            return tokenizer.token(id);
        } catch (TokenizerException e) {
            return "";
        }
    }

    /** None where it has no text, nor where the model has more tokens than its tokenizer, as some do to have a rounder number. */
    private static byte[] bytes(Tokenizer tokenizer, int id) {
        return id < tokenizer.vocabSize() ? tokenizer.textBytes(id, false) : new byte[0];
    }

    private static double finite(double logprob) {
        return Math.max(LEAST, logprob);
    }
}
