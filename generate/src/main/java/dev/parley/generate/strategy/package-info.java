/**
 * Decoding strategies. Start with {@link dev.parley.generate.strategy.Strategy}: it says which tokens the model is to read, and
 * chooses what follows from its scores, one token after the other. {@code BeamSearch} and {@code ContrastiveSearch} look at several
 * continuations at once, {@code Speculation} drafts some tokens ahead by {@code PromptLookup} or a
 * {@link dev.parley.generate.strategy.DraftModel}. What they write is a {@link dev.parley.generate.strategy.GeneratedText}.
 *
 * <pre>{@code
 * var strategy = Strategy.of(new Generation(promptIds, 0, 50, config, Optional.of(tokenizer), Optional.empty()), 0, Optional.empty());
 * strategy.prepare(0);                               // then read what strategy.branches() have pending, and:
 * strategy.choose(outputs);
 * }</pre>
 */
package dev.parley.generate.strategy;
