package dev.parley.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of tokens to learn from, made equally long, as they go from the data set to the loss. It says what is a target: a token is
 * predicted from those before it if its label is not {@link TrainingRow#IGNORED} and the token before it belongs to the same document.
 *
 * <pre>{@code
 * var batch = TrainingBatch.of(List.of(TrainingRow.of(new int[] {5, 6, 7}), TrainingRow.of(new int[] {8, 9})));
 * batch.targets(); // 1, 2, 4
 * }</pre>
 */
public final class TrainingBatch {

    private static final int[] ONE_DOCUMENT = new int[0];

    private final int[][] ids;
    private final int[][] labels;
    private final int[][] segments;
    private final int[] targets;

    private TrainingBatch(int[][] ids, int[][] labels, int[][] segments) {
        this.ids = ids;
        this.labels = labels;
        this.segments = segments;
        requireOneShape();
        targets = IntStream.range(0, rows() * length()).filter(i -> isTarget(labels[i / length()], segments(i / length()), i % length()))
                .toArray();
    }

    private void requireOneShape() {
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

    private int[] segments(int row) {
        return isPacked() ? segments[row] : ONE_DOCUMENT;
    }

    /**
     * Rows filled up at the right to the longest. Padding needs no mask there: it comes after every token that could see it, and is no
     * target.
     */
    public static TrainingBatch of(List<TrainingRow> rows) {
        var longest = rows.stream().mapToInt(TrainingRow::length).max().orElse(0);
        var packed = rows.stream().anyMatch(TrainingRow::isPacked);
        var ids = new int[rows.size()][];
        var labels = new int[rows.size()][];
        var segments = new int[packed ? rows.size() : 0][];
        for (int b = 0; b < ids.length; b++) {
            var row = rows.get(b);
            ids[b] = Arrays.copyOf(row.inputIds(), longest);
            labels[b] = filledUp(row.labels(), longest, TrainingRow.IGNORED);
            if (packed) segments[b] = row.isPacked() ? filledUp(row.segments(), longest, Integer.MAX_VALUE) : new int[longest];
        }
        return new TrainingBatch(ids, labels, segments);
    }

    private static int[] filledUp(int[] numbers, int length, int by) {
        var filled = Arrays.copyOf(numbers, length);
        Arrays.fill(filled, numbers.length, length, by);
        return filled;
    }

    /** Rows of one document each, whose every token may be a target. */
    public static TrainingBatch of(int[]... ids) {
        return of(ids, ids);
    }

    /** Rows of one document each. */
    public static TrainingBatch of(int[][] ids, int[][] labels) {
        return of(ids, labels, new int[0][]);
    }

    /**
     * Rows that may hold several documents, which do not see each other: each reads as it does alone.
     *
     * @param ids token ids, (B, T)
     * @param labels (B, T), unshifted as in transformers: the token's id where it may be a target, or {@link TrainingRow#IGNORED}
     * @param segments number of the document that each token belongs to, (B, T), ascending in a row; empty where a row is one document
     * @throws ModelException if the rows are not equally long, or the three have not the same shape
     */
    public static TrainingBatch of(int[][] ids, int[][] labels, int[][] segments) {
        return new TrainingBatch(ids, labels, segments);
    }

    /** @param segments empty where the row is one document */
    static boolean isTarget(int[] labels, int[] segments, int position) {
        return position > 0 && labels[position] != TrainingRow.IGNORED
                && (segments.length == 0 || segments[position] == segments[position - 1]);
    }

    /** Token ids, (B, T). */
    public int[][] ids() {
        return ids;
    }

    /** What may be a target, (B, T): the token's id, or {@link TrainingRow#IGNORED}. */
    public int[][] labels() {
        return labels;
    }

    /** The document that each token belongs to, (B, T), or nothing if it {@linkplain #isPacked() is not packed}. */
    public int[][] segments() {
        return segments;
    }

    /** Where the tokens are that are predicted, in all rows one after the other, (N), ascending. */
    public int[] targets() {
        return targets;
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

    /** The rows in order, shared out as evenly as they can be; at most one share for each row. */
    public List<TrainingBatch> shares(int count) {
        return IntStream.range(0, count).mapToObj(i -> rows(rows() * i / count, rows() * (i + 1) / count)).toList();
    }

    /** Some of the rows, those from {@code from} to before {@code to}. */
    public TrainingBatch rows(int from, int to) {
        return of(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(labels, from, to),
                isPacked() ? Arrays.copyOfRange(segments, from, to) : segments);
    }
}
