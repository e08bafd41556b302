/**
 * The commands that make training data: of text, and of what a server has gathered. Start with
 * {@link dev.parley.cli.data.DataCommand}; each subcommand is a class of its own.
 *
 * <pre>{@code
 * ./parley data prepare corpus --out shards --tokenizer gpt2
 * ./parley data feedback --data my-data --format sft --out feedback.jsonl
 * }</pre>
 */
package dev.parley.cli.data;
