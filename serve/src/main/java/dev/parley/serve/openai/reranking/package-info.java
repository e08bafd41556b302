/**
 * {@code POST /v1/rerank}: documents by how well they answer a question. {@link dev.parley.serve.openai.reranking.RerankRoutes} is where to
 * start.
 *
 * <pre>{@code
 * curl localhost:8080/v1/rerank -d '{"query": "what is blue?", "documents": ["The sea is blue.", "The hill is green."]}'
 * }</pre>
 */
package dev.parley.serve.openai.reranking;
