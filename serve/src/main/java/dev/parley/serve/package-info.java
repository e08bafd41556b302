/**
 * The server: models behind the APIs that people's clients speak, and a web chat. A request is read by the
 * {@link dev.parley.serve.http HTTP floor}, passes the {@link dev.parley.serve.gate gate}, and reaches a route of
 * {@link dev.parley.serve.openai OpenAI's}, {@link dev.parley.serve.anthropic Anthropic's} or {@link dev.parley.serve.ollama Ollama's} API,
 * or of the {@link dev.parley.serve.chat chat}. The APIs differ in their JSON alone; {@link dev.parley.serve.answering} makes the answer,
 * with the engine of a {@link dev.parley.serve.models model}.
 * {@link dev.parley.serve.ParleyServer} is where to start.
 *
 * <pre>{@code
 * try (var database = Database.sqlite(Path.of("my-data"));
 *         var server = ParleyServer.start(ServerSettings.DEFAULT, models, database)) {
 *     System.out.println(server.address());
 *     …
 * }
 * }</pre>
 */
package dev.parley.serve;
