package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Tokens of an answer, and where its text was after each.
 *
 * @param textEnds for each token the number of characters of the text that were certain after it
 */
public record StoredTokens(List<AnswerToken> tokens, List<Integer> textEnds) {

    /** None. */
    public static final StoredTokens NONE = new StoredTokens(List.of(), List.of());

    /** @throws IllegalArgumentException if the two are of different lengths */
    public StoredTokens {
        if (tokens.size() != textEnds.size()) throw new IllegalArgumentException("Each token needs the end of its text.");
    }

    /** {@code [[id, "text", logprob, textEnd, [[id, "text", logprob], …]], …]}; a logprob that is not told is null. */
    String json() {
        var list = JsonNodeFactory.instance.arrayNode(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            var token = tokens.get(i);
            var json = list.addArray().add(token.id()).add(token.text());
            token.logprob().ifPresentOrElse(json::add, json::addNull);
            var top = json.add(textEnds.get(i)).addArray();
            for (var other : token.top()) top.addArray().add(other.id()).add(other.text()).add(other.logprob());
        }
        return list.toString();
    }

    static StoredTokens of(List<String> rows) {
        var tokens = new ArrayList<AnswerToken>();
        var ends = new ArrayList<Integer>();
        for (var row : rows) {
            for (var token : Rows.json(row)) {
                var logprob = token.path(2).isNull() ? OptionalDouble.empty() : OptionalDouble.of(token.path(2).doubleValue());
                tokens.add(new AnswerToken(token.path(0).intValue(), token.path(1).textValue(), logprob, top(token.path(4))));
                ends.add(token.path(3).intValue());
            }
        }
        return new StoredTokens(List.copyOf(tokens), List.copyOf(ends));
    }

    private static List<Alternative> top(JsonNode list) {
        var top = new ArrayList<Alternative>(list.size());
        for (var other : list) top.add(new Alternative(other.path(0).intValue(), other.path(1).textValue(), other.path(2).doubleValue()));
        return List.copyOf(top);
    }
}
