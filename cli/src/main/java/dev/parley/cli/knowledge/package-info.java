/**
 * The commands about documents that can be asked. Start with {@link dev.parley.cli.knowledge.KnowledgeCommand}; each subcommand is a
 * class of its own.
 *
 * <pre>{@code
 * ./parley knowledge index faq --index my-index
 * ./parley knowledge search --index my-index "How long may I return it?"
 * }</pre>
 */
package dev.parley.cli.knowledge;
