/**
 * The API that clients of OpenAI's know, under {@code /v1}. A route reads {@link dev.parley.serve.openai.Fields} of a body, strictly;
 * asks the engine, waiting on the thread of the request for one piece after the other; and writes the pieces, or the whole of them.
 * {@link dev.parley.serve.openai.ChatRoutes} is where to start.
 *
 * <pre>{@code
 * var fields = Fields.of(Body.read(request));
 * try (var lease = models.lease(ModelField.read(fields))) {
 *     var chat = ChatRequest.read(fields, lease.model());                 // Refused names the field that cannot be honoured
 *     var answer = ChatAnswer.run(lease.model(), chat.prompt(), caller, ClientPresence.of(request), reader);
 * }
 * }</pre>
 */
package dev.parley.serve.openai;
