/**
 * Knowledge: the documents of folders, cut into passages, and the passages that a question is about. Start with
 * {@link dev.parley.knowledge.KnowledgeBase}. A file becomes a document ({@code documents}), a document passages; {@code index} keeps
 * their words (BM25) and their vectors (HNSW) in Lucene and joins the two rankings; {@code embedders} makes the vectors.
 *
 * <pre>{@code
 * try (var knowledge = KnowledgeBase.open(Path.of("index"), Embedder.NONE)) {
 *     knowledge.refresh(List.of(Path.of("faq")), IndexProgress.NONE);
 *     for (var passage : knowledge.search("How long may I return it?", 3)) System.out.println(passage.source() + ": " + passage.text());
 * }
 * }</pre>
 */
package dev.parley.knowledge;
