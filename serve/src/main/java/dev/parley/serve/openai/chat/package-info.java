/**
 * {@code POST /v1/chat/completions}: answers to conversations, with calls of functions. {@link dev.parley.serve.openai.chat.ChatRoutes}
 * is where to start; {@link dev.parley.serve.answering.ChatAnswer} is the answer itself, whole or in pieces.
 *
 * <pre>{@code
 * curl localhost:8080/v1/chat/completions -d '{"messages": [{"role": "user", "content": "Hi"}], "stream": true}'
 * }</pre>
 */
package dev.parley.serve.openai.chat;
