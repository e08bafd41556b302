/**
 * Passages in Lucene: their words by BM25, their vectors by HNSW, and the two rankings joined. Start with
 * {@link dev.parley.knowledge.index.IndexFolder}, which reads; {@link dev.parley.knowledge.index.IndexUpdate} writes and
 * {@link dev.parley.knowledge.index.HybridSearch} finds.
 *
 * <pre>{@code
 * try (var update = new IndexUpdate(folder, "none", false)) {
 *     update.put(file, text, passages, new float[0][]);
 *     update.commit();
 * }
 * }</pre>
 */
package dev.parley.knowledge.index;
