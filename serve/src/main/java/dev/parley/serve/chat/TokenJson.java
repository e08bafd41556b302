package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.chat.history.AnswerToken;
import java.util.List;

/** Tokens with their probabilities and those that could have come, as the page looks at them. */
final class TokenJson {

    private TokenJson() {}

    static ArrayNode of(List<AnswerToken> tokens) {
        var list = JsonNodeFactory.instance.arrayNode(tokens.size());
        for (var token : tokens) {
            var top = list.addObject().put("id", token.id()).put("text", token.text()).put("logprob", token.logprob()).putArray("top");
            for (var other : token.top()) top.addObject().put("id", other.id()).put("text", other.text()).put("logprob", other.logprob());
        }
        return list;
    }
}
