/**
 * A line for each request: who asked for what, what came of it, and how long it took. {@link dev.parley.serve.log.AccessLog} is
 * where to start.
 *
 * <pre>{@code
 * RequestNotes.of(request).model("my-model");
 * // {"time":"2026-01-31T12:00:00.000Z","address":"127.0.0.1","method":"POST","path":"/v1/completions","status":200,"ms":812,
 * //  "bytes":1024,"caller":"ada","model":"my-model","tokens":96}
 * }</pre>
 */
package dev.parley.serve.log;
