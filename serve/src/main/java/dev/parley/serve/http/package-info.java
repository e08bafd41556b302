/**
 * The server's ground floor, which knows nothing of models, users or conversations: connections and their limits
 * ({@link dev.parley.serve.http.Connections}), the bodies of requests ({@link dev.parley.serve.http.JsonBody}, where to start) and
 * their fields, errors ({@link dev.parley.serve.http.ApiError}), streams ({@link dev.parley.serve.http.ServerSentEvents}), and
 * whether the client is still there ({@link dev.parley.serve.http.ClientPresence}).
 *
 * <pre>{@code
 * var fields = JsonFields.of(JsonBody.read(request));        // 400, 413 or 503 as an ApiError
 * var name = fields.requireString("name");                   // or an ApiError that names the field
 * JsonBody.write(request, greeting(name));
 * ServerSentEvents.answer(request, events -> events.send(greeting(name)));
 * }</pre>
 *
 * It imports no other package of the server; a test in the build holds this.
 */
package dev.parley.serve.http;
