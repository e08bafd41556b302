package dev.parley.model;

import java.util.Arrays;

/**
 * Equally long rows of tokens to learn from, as they go from the data set to the loss. It says what is a target: a token is predicted
 * from those before it if its label is not {@link #IGNORED} and the token before it belongs to the same document.
 *
 * @param ids token ids, (B, T)
 * @param labels (B, T), unshifted as in transformers: the token's id where it may be a target, or {@link #IGNORED}
 * @param segments number of the document that each token belongs to, (B, T), ascending in a row; documents of a row do not see each
 *     other, and each reads as it does alone. Empty where a row is one document
 */
public record TrainingBatch(int[][] ids, int[][] labels, int[][] segments) {

    /** The label of a token that is no target, as in transformers. */
    public static final int IGNORED = -100;

    private static final int[] ONE_DOCUMENT = new int[0];

    /** @throws ModelException if the rows are not equally long, or the three have not the same shape */
    public TrainingBatch {
        if (ids.length == 0 || ids[0].length == 0) throw new ModelException("A batch needs at least one row of one token.");
        for (int b = 0; b < ids.length; b++) {
            if (ids[b].length != ids[0].length)
                throw new ModelException("Row " + b + " has " + ids[b].length + " tokens where row 0 has " + ids[0].length + ".");
            if (labels.length != ids.length || labels[b].length != ids[b].length)
                throw new ModelException("The labels do not have the shape of the ids.");
            if (segments.length > 0 && (segments.length != ids.length || segments[b].length != ids[b].length)) {
                throw new ModelException("The segment numbers do not have the shape of the ids.");
            }
        }
    }

    /** Rows of one document each, whose every token may be a target. */
    public static TrainingBatch of(int[]... ids) {
        return of(ids, ids);
    }

    /** Rows of one document each. */
    public static TrainingBatch of(int[][] ids, int[][] labels) {
        return new TrainingBatch(ids, labels, new int[0][]);
    }

    /** {@return the number of rows, B} */
    public int rows() {
        return ids.length;
    }

    /** Tokens in a row. */
    public int length() {
        return ids[0].length;
    }

    /** Whether rows may hold several documents. */
    public boolean isPacked() {
        return segments.length > 0;
    }

    /** Some of the rows, those from {@code from} to before {@code to}. */
    public TrainingBatch rows(int from, int to) {
        return new TrainingBatch(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(labels, from, to),
                isPacked() ? Arrays.copyOfRange(segments, from, to) : segments);
    }

    /** Positions from 0 at the first token of each row and document, (B · T). */
    public long[] positions() {
        var positions = new long[rows() * length()];
        for (int b = 0; b < rows(); b++) {
            for (int t = 1; t < length(); t++) {
                var begins = isPacked() && segments[b][t] != segments[b][t - 1];
                positions[b * length() + t] = begins ? 0 : positions[b * length() + t - 1] + 1;
            }
        }
        return positions;
    }

    /**
     * Checks that a model can learn from this.
     *
     * @throws ModelException if a row leaves the context, or an id or label the vocabulary
     */
    public void checkFits(ModelConfig config) {
        for (var row : ids) config.checkFits(row, 0);
        for (var row : labels) {
            for (var label : row) {
                if (label != IGNORED && (label < 0 || label >= config.vocabSize()))
                    throw new ModelException(
                            "Label " + label + " is neither a token of the vocabulary of " + config.vocabSize() + " nor -100.");
            }
        }
    }

    /**
     * Whether a token of a row is predicted.
     *
     * @param segments empty where the row is one document
     */
    public static boolean isTarget(int[] labels, int[] segments, int position) {
        return position > 0 && labels[position] != IGNORED && (segments.length == 0 || segments[position] == segments[position - 1]);
    }

    /** Whether a token is predicted. */
    public boolean isTarget(int row, int position) {
        return isTarget(labels[row], isPacked() ? segments[row] : ONE_DOCUMENT, position);
    }

    /** How many tokens are predicted. */
    public long targets() {
        var targets = 0L;
        for (int b = 0; b < ids.length; b++) {
            for (int t = 1; t < ids[b].length; t++) {
                if (isTarget(b, t)) targets++;
            }
        }
        return targets;
    }
}
