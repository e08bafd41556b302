package dev.parley.train;

import dev.parley.data.Row;
import dev.parley.torch.TokenBatch;
import java.util.Arrays;
import java.util.List;

/**
 * Rows as the model takes them: equally long, filled up at the right. Padding needs no mask there: it comes after every
 * token that could see it, and its labels are masked.
 *
 * @param tokenBatch ids, (B, T), and which document of its row each token belongs to
 * @param labels (B, T), -100 where a token is no target
 * @param tokens that are no padding
 * @param targets labels that are predicted
 */
record PaddedBatch(TokenBatch tokenBatch, int[][] labels, long tokens, long targets) {

    static PaddedBatch of(List<Row> rows) {
        var longest = rows.stream().mapToInt(r -> r.inputIds().length).max().orElseThrow();
        var ids = new int[rows.size()][];
        var labels = new int[rows.size()][];
        var segments = new int[rows.size()][];
        long tokens = 0, targets = 0;
        for (int b = 0; b < ids.length; b++) {
            var row = rows.get(b);
            ids[b] = Arrays.copyOf(row.inputIds(), longest);
            labels[b] = Arrays.copyOf(row.labels(), longest);
            Arrays.fill(labels[b], row.length(), longest, Row.MASKED);
            segments[b] = Arrays.copyOf(row.segments(), longest);
            if (row.segments().length > 0) Arrays.fill(segments[b], row.length(), longest, Integer.MAX_VALUE);
            tokens += row.length();
            targets += row.targets();
        }
        var packed = rows.stream().anyMatch(r -> r.segments().length > 0);
        return new PaddedBatch(packed ? TokenBatch.packed(ids, segments) : TokenBatch.of(ids), labels, tokens, targets);
    }
}
