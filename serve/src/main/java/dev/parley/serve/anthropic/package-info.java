/**
 * Anthropic's API: {@code POST /v1/messages}, whole or as events, and {@code POST /v1/messages/count_tokens}.
 * {@link dev.parley.serve.anthropic.MessagesRoutes} is where to start; what is read of a request goes into the same prompt as a chat of
 * OpenAI's API does, and so has the same answer.
 *
 * <pre>{@code
 * curl localhost:8080/v1/messages -d '{"max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}], "stream": true}'
 * }</pre>
 */
package dev.parley.serve.anthropic;
