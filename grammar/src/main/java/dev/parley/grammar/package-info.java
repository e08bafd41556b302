/**
 * Structured output: what a model may say, told by a JSON Schema, a regular expression, a list of choices or a GBNF grammar.
 * All four are read into {@code Expression}s and compiled into one {@code Automaton} over bytes with calls of rules. While a text
 * grows, {@code Configuration}s follow it, made as they are needed and kept; {@link dev.parley.grammar.TokenMasks}
 * walks the vocabulary as a {@code TokenTrie} and so knows which tokens may come next. Start with
 * {@link dev.parley.grammar.Grammar}.
 *
 * <pre>{@code
 * var grammar = Grammar.ofJsonSchema("""
 *         {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}""");
 * var config = GenerationConfig.builder().grammar(grammar).build();
 * }</pre>
 */
package dev.parley.grammar;
