/**
 * The {@code parley} command. Start with {@link dev.parley.cli.Parley}, which joins the subcommands and turns what goes
 * wrong into one sentence and an exit code; each subcommand is a class of its own, and thin: the rooms above do the work.
 *
 * <pre>{@code
 * ./parley --help
 * ./parley doctor
 * ./parley tokenizer train --files book.txt --vocab-size 4096 --out my-tokenizer
 * ./parley tokenizer encode --tokenizer my-tokenizer --text "To be, or not to be"
 * ./parley tokenizer stats --tokenizer gpt2 --files book.txt --json
 * }</pre>
 *
 * Results go to standard output through {@link dev.parley.cli.Output}, notes and {@link dev.parley.cli.Progress} to
 * standard error. A room below this one adds its subcommands as a {@link dev.parley.cli.CommandProvider}.
 */
package dev.parley.cli;
