package dev.parley.train;

import dev.parley.data.Row;
import java.util.Arrays;
import java.util.List;

/**
 * Rows as the model takes them: equally long, filled up at the right. Padding needs no mask there: it comes after every
 * token that could see it, and its labels are masked.
 *
 * @param inputIds (B, T)
 * @param labels (B, T), -100 where a token is no target
 * @param tokens tokens that are no padding
 */
record PaddedBatch(int[][] inputIds, int[][] labels, long tokens) {

    private static final int MASKED = -100;

    static PaddedBatch of(List<Row> rows) {
        var longest = rows.stream().mapToInt(r -> r.inputIds().length).max().orElseThrow();
        var inputIds = new int[rows.size()][];
        var labels = new int[rows.size()][];
        var tokens = 0L;
        for (int b = 0; b < inputIds.length; b++) {
            var row = rows.get(b);
            inputIds[b] = Arrays.copyOf(row.inputIds(), longest);
            labels[b] = Arrays.copyOf(row.labels(), longest);
            Arrays.fill(labels[b], row.labels().length, longest, MASKED);
            tokens += row.inputIds().length;
        }
        return new PaddedBatch(inputIds, labels, tokens);
    }

    /** Labels that are predicted: those after the first position that are not masked. */
    long targets() {
        return Arrays.stream(labels).mapToLong(row -> Arrays.stream(row).skip(1).filter(l -> l != MASKED).count()).sum();
    }
}
