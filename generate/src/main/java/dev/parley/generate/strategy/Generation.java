package dev.parley.generate.strategy;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.thinking.ThoughtBudget;
import dev.parley.grammar.TokenMasks;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to be generated.
 *
 * @param prompt whose last {@code begun} tokens begin the answer already
 * @param limit new tokens at most
 * @param tokenizer empty where ids alone are made
 * @param masks of the configuration's grammar
 */
public record Generation(int[] prompt, int begun, int limit, GenerationConfig config, Optional<Tokenizer> tokenizer,
        Optional<TokenMasks> masks) {

    /** What changes the scores of each next token. */
    List<LogitsProcessor> processors() {
        var all = new ArrayList<>(LogitsProcessor.of(config, answerFrom(), begun + limit, masks));
        ThoughtBudget.of(config, tokenizer, prompt, answerFrom()).ifPresent(all::add);
        return all;
    }

    /** Where the answer begins in prompt and answer together. */
    int answerFrom() {
        return prompt.length - begun;
    }
}
