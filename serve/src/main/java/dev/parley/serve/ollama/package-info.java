/**
 * The API that Ollama's clients speak, under {@code /api}. It reads Ollama's JSON, whose options have names of their own, and writes
 * Ollama's lines; what is between is that of all APIs, {@link dev.parley.serve.answering}.
 * {@link dev.parley.serve.ollama.OllamaRoutes} is where to start; {@code ChatRoute} is the route that most clients call.
 *
 * <pre>{@code
 * ./parley serve my-model --port 11434
 * OLLAMA_HOST=127.0.0.1:11434 ollama run my-model
 * curl localhost:11434/api/chat -d '{"model": "my-model", "messages": [{"role": "user", "content": "Hi"}], "stream": false}'
 * }</pre>
 */
package dev.parley.serve.ollama;
