package dev.parley.data;

/**
 * A row of tokens to train on.
 *
 * @param inputIds token ids
 * @param labels what each position is the target of, unshifted as in transformers: the id itself, or {@link #MASKED}
 * @param segments the number of the document that each token belongs to, where several are packed into the row; they do
 *     not see each other. Empty where the row is one document.
 */
public record TrainingRow(int[] inputIds, int[] labels, int[] segments) {

    /** The label of a token that is no target. */
    public static final int MASKED = -100;

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

    public int length() {
        return inputIds.length;
    }

    /** Tokens that are predicted: those after the first of a document that are not masked. */
    public int targets() {
        var targets = 0;
        for (int i = 1; i < labels.length; i++) {
            if (labels[i] != MASKED && (segments.length == 0 || segments[i] == segments[i - 1])) targets++;
        }
        return targets;
    }
}
