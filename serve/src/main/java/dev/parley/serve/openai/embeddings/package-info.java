/**
 * {@code POST /v1/embeddings}: vectors of texts. {@link dev.parley.serve.openai.embeddings.EmbeddingRoutes} is where to start.
 *
 * <pre>{@code
 * curl localhost:8080/v1/embeddings -d '{"input": ["one text", "another"]}'
 * }</pre>
 */
package dev.parley.serve.openai.embeddings;
