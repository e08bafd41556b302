/**
 * Assistants: one YAML file joins a model, a system prompt, knowledge, guardrails, tools and sampling. A turn goes from the user's message
 * through the guardrails of its input to the passages that it is about, to the model with its tools, and through the guardrails of its
 * output to an answer with citations.
 */
package dev.parley.assist;
