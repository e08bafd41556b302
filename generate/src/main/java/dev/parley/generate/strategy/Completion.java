package dev.parley.generate.strategy;

import dev.parley.generate.sampling.TokenLogprob;
import java.util.List;
import java.util.Optional;

/**
 * A generated sequence.
 *
 * @param promptIds what it continues
 * @param ids the new tokens, an end-of-text token that ended it included
 * @param text of the new tokens, without special tokens and stop strings; empty without a tokenizer
 * @param stopString the stop string that ended it; empty where something else did
 * @param logprobs of each new token, where the config asks for them
 */
public record Completion(int[] promptIds, int[] ids, String text, FinishReason finishReason, Optional<String> stopString,
        List<TokenLogprob> logprobs) {}
