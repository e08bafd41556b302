/**
 * Assistants: one YAML file joins a model, a system prompt, knowledge, guardrails, tools and sampling. A turn goes from the user's message
 * through the guardrails of its input to the passages that it is about, to the model with its tools, and through the guardrails of its
 * output to an answer with citations. Start from {@link dev.parley.assist.Assistant}, which is what the file says; {@code turn} runs it.
 *
 * <pre>{@code
 * var assistant = Assistant.read(Path.of("support/assistant.yaml"));
 * try (var open = OpenAssistant.open(assistant, Setup.plain(Path.of("index")))) {
 *     System.out.println(open.ask(Optional.of(responder), TurnRequest.of("How long may I return it?"), event -> {}).answer());
 * }
 * }</pre>
 */
package dev.parley.assist;
