/**
 * Guardrails: named steps that judge what a user writes, what is retrieved, what tools return and what the model answers. Each lets a
 * text pass, changes it, or ends the turn with a fixed text, and each decision is kept with its rule. Start from
 * {@link dev.parley.assist.guard.Guardrail}.
 */
package dev.parley.assist.guard;
