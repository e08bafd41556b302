package dev.parley.eval;

import dev.parley.model.LanguageModel;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * How likely a model finds a text.
 *
 * @param tokens of the text; all but the first are predicted
 * @param logprobs ln p(token i+1 | tokens 0..i), natural logarithm
 * @param bytes of the predicted tokens, if a tokenizer is known
 */
public record Likelihood(int tokens, double[] logprobs, Optional<Long> bytes) {

    /**
     * Scores ids. A text longer than the context is read in windows that overlap by half, so that each token but those of
     * the first window sees at least half a context.
     */
    public static Likelihood of(LanguageModel model, Optional<Tokenizer> tokenizer, int[] ids) {
        if (ids.length < 2)
            throw new IllegalArgumentException("A text of " + ids.length + " tokens cannot be scored: the first token has none before it.");
        var context = model.config().maxPositionEmbeddings();
        var logprobs = DoubleStream.builder();
        var scored = 1; // tokens that have, or need, no score yet
        while (scored < ids.length) {
            var start = scored == 1 ? 0 : Math.max(0, Math.min(scored - context / 2, ids.length - context));
            var end = Math.min(ids.length, start + context);
            var window = model.tokenLogprobs(new int[][] {Arrays.copyOfRange(ids, start, end)})[0];
            for (int i = scored; i < end; i++) logprobs.add(window[i - start - 1]);
            scored = end;
        }
        var bytes = tokenizer.map(t -> (long) t.decodeBytes(Arrays.copyOfRange(ids, 1, ids.length)).length);
        return new Likelihood(ids.length, logprobs.build().toArray(), bytes);
    }

    /** Sum of -ln p, in nats. */
    public double nll() {
        return -Arrays.stream(logprobs).sum();
    }

    /** Mean of -ln p over the predicted tokens. */
    public double loss() {
        return nll() / logprobs.length;
    }

    /** e to the power of {@link #loss()}: among how many equally likely tokens the model chooses, so to say. */
    public double perplexity() {
        return Math.exp(loss());
    }

    /** -log2 p for a byte of the predicted tokens. */
    public OptionalDouble bitsPerByte() {
        return bytes.isEmpty() || bytes.get() == 0 ? OptionalDouble.empty() : OptionalDouble.of(nll() / Math.log(2) / bytes.get());
    }
}
