/**
 * The commands about assistants. Start with {@link dev.parley.cli.assistant.AssistantCommand}; each subcommand is a class of its own.
 *
 * <pre>{@code
 * ./parley assistant list
 * ./parley assistant run customer-service "How long may I return an item?" --model my-model
 * }</pre>
 */
package dev.parley.cli.assistant;
