package dev.parley.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A row of tokens to train on.
 *
 * @param inputIds token ids
 * @param labels unshifted as in transformers: the token's id where it may be a target, or {@link #IGNORED}
 * @param segments number of the document that each token belongs to, where several are packed into the row: they do not see each other.
 *     Empty where the row is one document
 */
public record TrainingRow(int[] inputIds, int[] labels, int[] segments) implements TrainingExample {

    /** The label of a token that is no target, as in transformers. */
    public static final int IGNORED = -100;

    /** @throws IllegalArgumentException if the arrays are not equally long */
    public TrainingRow {
        if (labels.length != inputIds.length || segments.length != 0 && segments.length != inputIds.length) {
            throw new IllegalArgumentException("A row of " + inputIds.length + " tokens has " + labels.length + " labels and "
                    + segments.length + " segment numbers.");
        }
    }

    /** One document whose every token is a target. */
    public static TrainingRow of(int[] ids) {
        return new TrainingRow(ids, ids, new int[0]);
    }

    /** One document with labels of its own. */
    public static TrainingRow of(int[] ids, int[] labels) {
        return new TrainingRow(ids, labels, new int[0]);
    }

    /** A document between the token that begins texts and the one that ends them: its first token and its end are learned. */
    public static TrainingRow document(int begin, int[] ids, int end) {
        var row = new int[ids.length + 2];
        row[0] = begin;
        System.arraycopy(ids, 0, row, 1, ids.length);
        row[row.length - 1] = end;
        return of(row);
    }

    /** Itself. */
    @Override
    public List<TrainingRow> rows() {
        return List.of(this);
    }

    /** {@return the number of tokens} */
    public int length() {
        return inputIds.length;
    }

    /** Whether it may hold several documents. */
    public boolean isPacked() {
        return segments.length > 0;
    }

    /** How many tokens are predicted, as {@link TrainingBatch} has it. */
    public int targets() {
        return (int) IntStream.range(0, labels.length).filter(t -> TrainingBatch.isTarget(labels, segments, t)).count();
    }
}
