/**
 * The subcommands of {@code parley assistant}. Start from {@link dev.parley.cli.assistant.AssistantCommand}.
 */
package dev.parley.cli.assistant;
