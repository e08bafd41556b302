package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.TokenLogprob;
import dev.parley.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Probabilities of tokens in the two shapes of OpenAI's API. */
final class LogprobsJson {

    // What OpenAI writes where a probability is zero, which JSON's numbers cannot say as a logarithm.
    private static final double LEAST = -9999;

    private LogprobsJson() {}

    /** The list {@code logprobs.content} of chats. */
    static ArrayNode chat(Tokenizer tokenizer, List<TokenLogprob> tokens) {
        var list = JsonNodeFactory.instance.arrayNode(tokens.size());
        for (var token : tokens) {
            var item = put(list.addObject(), tokenizer, token.id(), token.logprob());
            var top = item.putArray("top_logprobs");
            for (var other : token.top()) put(top.addObject(), tokenizer, other.id(), other.logprob());
        }
        return list;
    }

    private static ObjectNode put(ObjectNode item, Tokenizer tokenizer, int id, double logprob) {
        var bytes = tokenizer.textBytes(id, false);
        item.put("token", new String(bytes, StandardCharsets.UTF_8)).put("logprob", finite(logprob));
        var list = item.putArray("bytes");
        for (var b : bytes) list.add(b & 0xff);
        return item;
    }

    /** The object {@code logprobs} of completions, to which tokens are added. */
    static ObjectNode completion() {
        var object = JsonNodeFactory.instance.objectNode();
        object.putArray("tokens");
        object.putArray("token_logprobs");
        object.putArray("top_logprobs");
        object.putArray("text_offset");
        return object;
    }

    /**
     * Adds a token.
     *
     * @param offset of its text, in characters
     * @return the offset after it
     */
    static int add(ObjectNode completion, Tokenizer tokenizer, TokenLogprob token, int offset) {
        var text = text(tokenizer, token.id());
        completion.withArray("tokens").add(text);
        completion.withArray("token_logprobs").add(finite(token.logprob()));
        var top = completion.withArray("top_logprobs").addObject();
        for (var other : token.top()) top.put(text(tokenizer, other.id()), finite(other.logprob()));
        completion.withArray("text_offset").add(offset);
        return offset + text.length();
    }

    /** Adds the first token of a prompt, of which no probability is known. */
    static int addFirst(ObjectNode completion, Tokenizer tokenizer, int id) {
        var text = text(tokenizer, id);
        completion.withArray("tokens").add(text);
        completion.withArray("token_logprobs").addNull();
        completion.withArray("top_logprobs").addNull();
        completion.withArray("text_offset").add(0);
        return text.length();
    }

    private static String text(Tokenizer tokenizer, int id) {
        return new String(tokenizer.textBytes(id, false), StandardCharsets.UTF_8);
    }

    private static double finite(double logprob) {
        return Math.max(LEAST, logprob);
    }
}
