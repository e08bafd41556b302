/**
 * Guardrails: named steps that judge what a user writes, what is retrieved, what tools say of themselves and return, and what the model
 * answers. Each lets a text pass, marks it, changes it, or ends the turn with a fixed text, and each decision is kept with its rule. Start
 * from {@link dev.parley.assist.guard.Guardrail}.
 *
 * <pre>{@code
 * var outcome = guardrails.run(Stage.INPUT, message, turn);
 * if (outcome.ended()) return outcome.text(); // a fixed answer; the model is not asked
 * }</pre>
 */
package dev.parley.assist.guard;
