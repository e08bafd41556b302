/**
 * The server: the models behind an API that clients of OpenAI's understand, and a web chat. A request is read by the
 * {@link dev.parley.serve.http HTTP floor}, passes the {@link dev.parley.serve.gate gate}, reaches a route of the
 * {@link dev.parley.serve.openai API} or of the {@link dev.parley.serve.chat chat}, and is answered by the engine of a
 * {@link dev.parley.serve.models model}.
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
