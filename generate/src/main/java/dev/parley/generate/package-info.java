/**
 * Generation: a prompt goes in, text comes out token by token. Start with {@link dev.parley.generate.Generator}; what it may do is
 * in {@link dev.parley.generate.config.GenerationConfig}. It asks an {@link dev.parley.generate.engine.InferenceEngine}, the one loop that
 * decodes, for one caller or for many; how each text goes on is its {@link dev.parley.generate.strategy.Strategy};
 * {@link dev.parley.generate.sampling.LogitsProcessor}s bend the scores, {@code Sampler} chooses, {@code StopStrings} ends. How models call
 * functions
 * is in {@code dev.parley.generate.tools}.
 *
 * <pre>{@code
 * var generator = new Generator(model, tokenizer);
 * generator.stream(tokenizer.encode("To be"), GenerationConfig.DEFAULT.withSampling(0.8, 50, 0.95, 0),
 *         System.out::print, () -> false);
 * }</pre>
 */
package dev.parley.generate;
