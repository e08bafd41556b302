/**
 * Example data of every kind that chat models learn from, made by code, so that a recipe can be tried before there is data of one's own.
 * Start with {@link dev.parley.data.examples.ExampleData}.
 *
 * <pre>{@code
 * Files.write(Path.of("tools.jsonl"), ExampleData.TOOLS.lines(2_000, 1));
 * }</pre>
 */
package dev.parley.data.examples;
