/**
 * What a corpus should hold once, or not at all. Start with {@link dev.parley.data.dedup.NearDuplicates}, which finds documents that are
 * nearly the same by {@link dev.parley.data.dedup.MinHash}; {@link dev.parley.data.dedup.ExactDuplicates} finds the same ones, and
 * {@link dev.parley.data.dedup.Contamination} those that hold the texts of an evaluation.
 *
 * <pre>{@code
 * var near = new NearDuplicates(0.8, 600_000_000, () -> 5_000_000);
 * boolean isNew = near.add(MinHash.signature(WordIndex.of(text)));
 * }</pre>
 */
package dev.parley.data.dedup;
