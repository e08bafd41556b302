/**
 * {@code parley tokenizer}: learn a vocabulary, and use one. Start with
 * {@link dev.parley.cli.tokenizer.TokenizerCommand}, which lists the subcommands; each is a class of its own.
 *
 * <pre>{@code
 * ./parley tokenizer train --files book.txt --vocab-size 4096 --out my-tokenizer
 * ./parley tokenizer encode --tokenizer my-tokenizer --text "To be"
 * ./parley tokenizer decode --tokenizer gpt2 --ids 2514,307
 * ./parley tokenizer encode --tokenizer gpt2 --jsonl texts.jsonl > ids.jsonl
 * ./parley tokenizer stats --tokenizer gpt2 --files book.txt
 * }</pre>
 */
package dev.parley.cli.tokenizer;
