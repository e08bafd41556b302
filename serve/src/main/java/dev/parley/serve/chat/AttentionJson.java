package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.chat.running.ChatEngine.Attention;
import java.math.BigDecimal;

/** What a token looked at, as the page shows it. */
final class AttentionJson {

    private static final int DIGITS = 4;

    private AttentionJson() {}

    static ObjectNode of(Attention attention) {
        var weights = attention.weights();
        var json = JsonNodeFactory.instance.objectNode();
        var tokens = json.putArray("tokens");
        attention.tokens().forEach(tokens::add);
        json.put("answer_from", attention.answerFrom()).put("layers", weights.length).put("heads", weights[0].length);
        var layers = json.putArray("weights");
        for (var layer : weights) {
            var heads = layers.addArray();
            for (var head : layer) {
                var row = heads.addArray();
                for (var weight : head) row.add(DecimalNode.valueOf(BigDecimal.valueOf(Math.round(weight * 1e4), DIGITS)));
            }
        }
        return json;
    }
}
