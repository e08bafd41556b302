/**
 * Models that make vectors of texts. {@link dev.parley.knowledge.embedders.EngineEmbedder} runs one of the hub's by Parley's engine;
 * {@link dev.parley.knowledge.embedders.OnnxEmbedder} two small ones that come as jars.
 *
 * <pre>{@code
 * try (var embedder = EngineEmbedder.open(Path.of("Qwen3-Embedding-0.6B"))) {
 *     var vectors = embedder.embed(List.of("How long may I return it?"), Embedder.Purpose.QUERY);
 * }
 * }</pre>
 */
package dev.parley.knowledge.embedders;
