/**
 * What the APIs of a server share: how a conversation becomes a prompt, and a model's text an answer, with its thoughts and calls. An API
 * reads its own JSON into {@link dev.parley.serve.answering.OfferedTools tools}, settings and messages as chat templates read them, and
 * writes what comes back as its own JSON; so the same question has the same answer by every API.
 * {@link dev.parley.serve.answering.ChatPrompt} and {@link dev.parley.serve.answering.ChatAnswer} are where to start; below them is the
 * {@link dev.parley.serve.answering.EngineCall call of the engine}.
 *
 * <pre>{@code
 * var settings = SamplingFields.begin(model.defaults());                  // and what the request says
 * var prompt = ChatPrompt.of(model, messages, OfferedTools.NONE, ThinkingVariables.of(true), Optional.empty(), settings);
 * var answer = ChatAnswer.run(model, prompt, caller, ClientPresence.of(request), (choice, pieces, logprobs) -> {});
 * }</pre>
 */
package dev.parley.serve.answering;
