package dev.parley.eval.scoring;

import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes tokens of texts that are to be scored, by the rules of lm-evaluation-harness (its {@code TemplateLM}): a context and its
 * continuation are encoded together and cut where the context's own tokens end; spaces at the end of a context belong to the
 * continuation; what has nothing before it follows the token that begins a text, or else the one that ends it.
 */
public final class ContinuationEncoder {

    private final Tokenizer tokenizer;
    private final int prefix;
    private final int contextLength;

    /**
     * @throws IllegalArgumentException if no token is known to begin or end a text
     */
    public ContinuationEncoder(Tokenizer tokenizer, ModelConfig config) {
        this.tokenizer = tokenizer;
        contextLength = config.maxPositionEmbeddings();
        var known = tokenizer.bosTokenId().isPresent() ? tokenizer.bosTokenId() : tokenizer.eosTokenId();
        prefix = known.orElseGet(config::bosTokenId);
        if (prefix < 0)
            throw new IllegalArgumentException("Neither the tokenizer nor config.json names a token that begins or ends a text.");
    }

    /** The token that a text follows which has nothing before it. */
    public int prefix() {
        return prefix;
    }

    /** A text after another, which may be empty. */
    public Continuation pair(String context, String continuation) {
        if (context.isEmpty()) return first(tokenizer.encodeWithSpecialTokens(continuation));
        var end = context.length();
        while (end > 0 && Character.isWhitespace(context.charAt(end - 1))) end--;
        var whole = tokenizer.encodeForModel(context + continuation);
        if (end == 0) return first(whole);
        var before = tokenizer.encodeForModel(context.substring(0, end));
        if (whole.length <= before.length)
            throw new IllegalArgumentException("The continuation \"" + continuation + "\" adds no token to what it follows.");
        return new Continuation(before, Arrays.copyOfRange(whole, before.length, whole.length));
    }

    private Continuation first(int[] ids) {
        if (ids.length == 0) throw new IllegalArgumentException("An empty text cannot be scored.");
        if (ids[0] != prefix || ids.length == 1) return new Continuation(new int[] {prefix}, ids);
        return new Continuation(new int[] {prefix}, Arrays.copyOfRange(ids, 1, ids.length));
    }

    /** A whole text in windows of the model's context, each token in one of them; the sum of their scores is the text's. */
    public List<Continuation> rolling(String text) {
        var ids = tokenizer.encodeForModel(text);
        var windows = new ArrayList<Continuation>();
        for (int from = 0; from < ids.length;) {
            var to = Math.min(ids.length, from + contextLength);
            var context = from == 0 ? new int[] {prefix} : Arrays.copyOfRange(ids, to - contextLength - 1, from);
            windows.add(new Continuation(context, Arrays.copyOfRange(ids, from, to)));
            from = to;
        }
        return windows;
    }
}
