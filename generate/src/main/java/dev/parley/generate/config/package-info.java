/**
 * What can be said about how a text is continued. Start with {@link dev.parley.generate.config.GenerationConfig}, which is
 * immutable and knows the names of transformers; {@code GenerationConfigFile} reads and writes {@code generation_config.json}.
 *
 * <pre>{@code
 * var config = GenerationConfig.read(folder).withMaxNewTokens(100).withSeed(7);
 * }</pre>
 */
package dev.parley.generate.config;
