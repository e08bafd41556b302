package dev.parley.generate.engine;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.Adapter;
import java.time.Duration;
import java.util.Optional;

/**
 * A request to an {@link InferenceEngine}.
 *
 * @param prompt to be continued, at least one token
 * @param config how to generate; {@code numReturnSequences} sequences are made
 * @param owner who asks; owners with fewer requests go first
 * @param promptLogprobs whether to compute the log-probabilities of the prompt's own tokens too
 * @param timeout after which the request ends with what there is
 * @param begun how many of the prompt's last tokens begin the answer already: the answer's text begins with theirs, and stop
 *     strings, penalties and grammars treat them as its own
 * @param adapter that changes the model for this text; empty for the model as it is
 */
public record TextRequest(int[] prompt, GenerationConfig config, String owner, boolean promptLogprobs, Optional<Duration> timeout,
        int begun, Optional<Adapter> adapter) {

    /** @throws IllegalArgumentException if more is begun than there is */
    public TextRequest {
        if (begun < 0 || begun > prompt.length)
            throw new IllegalArgumentException("Of " + prompt.length + " tokens, " + begun + " cannot be the answer's.");
    }

    /** A request for a new answer. */
    public TextRequest(int[] prompt, GenerationConfig config, String owner, boolean promptLogprobs, Optional<Duration> timeout) {
        this(prompt, config, owner, promptLogprobs, timeout, 0, Optional.empty());
    }

    /** A request whose prompt ends with the beginning of the answer. */
    public TextRequest(int[] prompt, GenerationConfig config, String owner, boolean promptLogprobs, Optional<Duration> timeout, int begun) {
        this(prompt, config, owner, promptLogprobs, timeout, begun, Optional.empty());
    }

    /** A request of nobody in particular, without an end. */
    public static TextRequest of(int[] prompt, GenerationConfig config) {
        return new TextRequest(prompt, config, "", false, Optional.empty());
    }

    /** The most new tokens that each sequence may have. @param context tokens that the model's context holds */
    int limit(int context) {
        var room = context - prompt.length;
        if (config.maxNewTokens() > 0) room = Math.min(room, config.maxNewTokens());
        else if (config.maxLength() > 0) room = Math.min(room, config.maxLength() - prompt.length);
        return Math.max(0, room);
    }

    /** The same with another limit of new tokens. */
    public TextRequest withMaxNewTokens(int tokens) {
        return new TextRequest(prompt, config.withMaxNewTokens(tokens), owner, promptLogprobs, timeout, begun, adapter);
    }

    /** The same, of the model as an adapter changes it. */
    public TextRequest with(Adapter adapter) {
        return new TextRequest(prompt, config, owner, promptLogprobs, timeout, begun, Optional.of(adapter));
    }
}
