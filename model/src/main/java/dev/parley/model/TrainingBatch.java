package dev.parley.model;

/**
 * Equally long rows of tokens to learn from. It says what is a target: a token is predicted from those before it if its label is not
 * {@link #IGNORED} and the token before it belongs to the same document.
 *
 * @param ids token ids, (B, T)
 * @param labels (B, T), unshifted as in transformers: the token's id where it may be a target, or {@link #IGNORED}
 * @param segments number of the document that each token belongs to, (B, T); empty where a row is one document
 */
public record TrainingBatch(int[][] ids, int[][] labels, int[][] segments) {

    /** The label of a token that is no target, as in transformers. */
    public static final int IGNORED = -100;

    private static final int[] ONE_DOCUMENT = new int[0];

    /** @throws ModelException if the three have not the same shape */
    public TrainingBatch {
        for (int b = 0; b < ids.length; b++) {
            if (labels.length != ids.length || labels[b].length != ids[b].length)
                throw new ModelException("The labels do not have the shape of the ids.");
            if (segments.length > 0 && (segments.length != ids.length || segments[b].length != ids[b].length)) {
                throw new ModelException("The segment numbers do not have the shape of the ids.");
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
        return isTarget(labels[row], segments.length == 0 ? ONE_DOCUMENT : segments[row], position);
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
