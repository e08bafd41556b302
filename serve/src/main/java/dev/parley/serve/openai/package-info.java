/**
 * The API that OpenAI's clients speak, under {@code /v1}. Here is what its endpoints share: the fields and the JSON that several of them
 * have; the answers themselves come from {@link dev.parley.serve.answering}. Each endpoint is a package of its own;
 * {@link dev.parley.serve.openai.chat.ChatRoutes} is where to start.
 *
 * <pre>{@code
 * var fields = JsonFields.of(JsonBody.read(request));
 * try (var lease = models.lease(ModelField.read(fields))) {
 *     var chat = ChatRequest.read(fields, lease.model());                 // an ApiError names the field that cannot be honoured
 *     var answer = ChatAnswer.run(lease.model(), chat.prompt(), caller, ClientPresence.of(request), reader);
 * }
 * }</pre>
 */
package dev.parley.serve.openai;
