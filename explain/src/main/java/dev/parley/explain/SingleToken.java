package dev.parley.explain;

import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;

/** A token as a person writes it. */
public final class SingleToken {

    private SingleToken() {}

    /**
     * The token that a text is: a special token by its name, else a piece of text. Where the token that it is compared with begins with a
     * space, so may this one, though it was not written.
     *
     * @param beside the token in whose place it would stand
     * @throws IllegalArgumentException if the text is no single token
     */
    public static int of(Tokenizer tokenizer, String text, int beside) {
        var named = tokenizer.idOf(text);
        if (named.isPresent() && tokenizer.tokensWithoutText().anyMatch(token -> token.content().equals(text))) return named.getAsInt();
        var ways = new ArrayList<String>();
        if (ExplainedText.written(java.util.Optional.of(tokenizer), beside).startsWith(" ")) ways.add(" " + text);
        ways.add(text);
        ways.add(" " + text);
        for (var way : ways) {
            var ids = tokenizer.encode(way);
            if (ids.length == 1) return ids[0];
        }
        var pieces = new ArrayList<String>();
        for (var id : tokenizer.encode(text)) pieces.add("\"" + ExplainedText.written(java.util.Optional.of(tokenizer), id) + "\"");
        throw new IllegalArgumentException("\"" + text + "\" is not one token of this model but " + pieces.size() + ": "
                + String.join(" ", pieces) + "; name one of them.");
    }
}
