/**
 * How well documents answer a question, as a model judges it that reads both. {@link dev.parley.generate.reranking.RerankRules} is where to
 * start: how a model was trained to do so. {@link dev.parley.generate.reranking.RerankPrompt} writes what it reads, and
 * {@link dev.parley.generate.reranking.RerankHead} makes a score of what it says.
 *
 * <pre>{@code
 * var rules = RerankRules.of(folder, tokenizer).orElseThrow();
 * var ids = rules.prompt().ids(tokenizer, Optional.empty(), "what is blue?", "The sea is blue.");
 * double score = rules.head().score(model, engine.embedding("", ids, RerankRules.LAST_STATE).join());   // 0 to 1
 * }</pre>
 */
package dev.parley.generate.reranking;
