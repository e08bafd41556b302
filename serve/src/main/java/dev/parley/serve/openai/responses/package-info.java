/**
 * {@code /v1/responses}: OpenAI's newer API for conversations, which the server can keep for a while.
 * {@link dev.parley.serve.openai.responses.ResponseRoutes} is where to start; answers come from
 * {@link dev.parley.serve.answering.ChatAnswer}.
 *
 * <pre>{@code
 * curl localhost:8080/v1/responses -d '{"input": "Hi", "store": true}'
 * }</pre>
 */
package dev.parley.serve.openai.responses;
