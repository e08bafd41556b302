/**
 * Generation: a prompt goes in, text comes out token by token. Start with {@link dev.parley.generate.Generator}; what it
 * may do is in {@link dev.parley.generate.config.GenerationConfig}. {@link dev.parley.generate.sampling.LogitsProcessor}s bend the
 * scores, {@code Sampler} chooses, {@code StopStrings} ends. Many callers at once are answered by a
 * {@link dev.parley.generate.BatchingEngine}, whose thread is {@code EngineLoop}. How models call functions is in {@code dev.parley.generate.tools}.
 *
 * <pre>{@code
 * var generator = new Generator(model, tokenizer);
 * generator.stream(tokenizer.encode("To be"), GenerationConfig.DEFAULT.withSampling(0.8, 50, 0.95, 0),
 *         System.out::print, () -> false);
 * }</pre>
 */
package dev.parley.generate;
