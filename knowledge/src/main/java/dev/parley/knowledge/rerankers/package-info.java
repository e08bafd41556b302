/**
 * Models that put passages into their final order. {@link dev.parley.knowledge.rerankers.EngineReranker} runs one of the hub's by Parley's
 * engine.
 *
 * <pre>{@code
 * try (var reranker = EngineReranker.open(Path.of("Qwen3-Reranker-0.6B"));
 *         var knowledge = KnowledgeBase.open(Path.of("index"), embedder, reranker)) {
 *     var passages = knowledge.search("How long may I return it?", 3);
 * }
 * }</pre>
 */
package dev.parley.knowledge.rerankers;
