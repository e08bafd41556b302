/**
 * {@code POST /v1/completions}: sequences that continue prompts. {@link dev.parley.serve.openai.completions.CompletionRoutes} is where to
 * start.
 *
 * <pre>{@code
 * curl localhost:8080/v1/completions -d '{"prompt": "Once upon a time", "max_tokens": 16}'
 * }</pre>
 */
package dev.parley.serve.openai.completions;
