/**
 * Measurements side by side: what Parley does in a second, beside what a peer does on the same work or what the machine
 * allows, measured in the same run and in turn, because machines are noisy. Start with {@code BenchCommand}.
 *
 * <pre>{@code
 * ./parley bench train
 * ./parley bench decode
 * ./parley bench tokenizer --json
 * ./parley bench serve
 * }</pre>
 */
package dev.parley.bench;
