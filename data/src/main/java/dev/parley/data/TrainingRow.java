package dev.parley.data;

import dev.parley.model.TrainingBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A row of tokens to train on.
 *
 * @param inputIds token ids
 * @param labels what each position is the target of, unshifted as in transformers: the id itself, or
 *     {@link TrainingBatch#IGNORED}
 * @param segments the number of the document that each token belongs to, where several are packed into the row; they do
 *     not see each other. Empty where the row is one document.
 */
public record TrainingRow(int[] inputIds, int[] labels, int[] segments) {

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

    /** {@return the number of tokens} */
    public int length() {
        return inputIds.length;
    }

    /** Tokens that are predicted, as {@link TrainingBatch} has it. */
    public int targets() {
        return (int) IntStream.range(0, labels.length).filter(t -> TrainingBatch.isTarget(labels, segments, t)).count();
    }

    /**
     * Rows made equally long, filled up at the right. Padding needs no mask there: it comes after every token that could see it,
     * and is no target.
     */
    public static TrainingBatch batch(List<TrainingRow> rows) {
        var longest = rows.stream().mapToInt(TrainingRow::length).max().orElseThrow();
        var packed = rows.stream().anyMatch(row -> row.segments.length > 0);
        var ids = new int[rows.size()][];
        var labels = new int[rows.size()][];
        var segments = new int[packed ? rows.size() : 0][];
        for (int b = 0; b < ids.length; b++) {
            var row = rows.get(b);
            ids[b] = Arrays.copyOf(row.inputIds, longest);
            labels[b] = filledUp(row.labels, longest, TrainingBatch.IGNORED);
            if (packed) segments[b] = row.segments.length == 0 ? new int[longest] : filledUp(row.segments, longest, Integer.MAX_VALUE);
        }
        return new TrainingBatch(ids, labels, segments);
    }

    private static int[] filledUp(int[] numbers, int length, int by) {
        var filled = Arrays.copyOf(numbers, length);
        Arrays.fill(filled, numbers.length, length, by);
        return filled;
    }
}
