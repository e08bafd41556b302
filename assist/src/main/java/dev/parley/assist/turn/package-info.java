/**
 * One turn of an assistant. Start from {@link dev.parley.assist.turn.OpenAssistant}, which holds what an assistant works with; {@link
 * dev.parley.assist.turn.Turn} is the recipe of a turn, {@link dev.parley.assist.turn.Responder} the model that it asks, and {@link
 * dev.parley.assist.turn.TurnEvent} what terminal and page are told while it runs.
 *
 * <pre>{@code
 * try (var open = OpenAssistant.open(assistant, setup)) {
 *     var result = open.ask(Optional.of(responder), TurnRequest.of("How long may I return it?"), event -> {});
 *     System.out.println(result.answer() + result.sources());
 * }
 * }</pre>
 */
package dev.parley.assist.turn;
