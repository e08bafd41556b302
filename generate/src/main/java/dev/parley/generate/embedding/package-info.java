/**
 * Vectors of whole texts. {@link dev.parley.generate.embedding.EmbeddingRules} is where to start: how a model wants it done. The engine
 * reads the texts.
 *
 * <pre>{@code
 * var rules = EmbeddingRules.of(folder);
 * float[] pooled = engine.embedding("", tokenizer.encodeForModel(rules.queryPrompt() + question), rules.poolings()).join();
 * float[] vector = rules.vector(pooled, OptionalInt.empty());
 * }</pre>
 */
package dev.parley.generate.embedding;
