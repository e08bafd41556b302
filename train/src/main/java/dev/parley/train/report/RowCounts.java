package dev.parley.train.report;

import dev.parley.data.Examples;
import dev.parley.model.TrainingExample;

/**
 * How much a set of examples is.
 *
 * @param tokens of all; of a large set by examples here and there
 * @param targets tokens that are to be predicted, as exactly
 * @param longest tokens of the longest row that was looked at
 */
record RowCounts(int rows, long tokens, long targets, int longest) {

    private static final int MOST = 20_000; // rows that are looked at

    static RowCounts of(Examples<? extends TrainingExample> rows) {
        var every = Math.max(1, Math.ceilDiv(rows.size(), MOST));
        long tokens = 0, targets = 0, looked = 0;
        var longest = 0;
        for (int i = 0; i < rows.size(); i += every, looked++) {
            for (var row : rows.get(i).rows()) {
                tokens += row.length();
                targets += row.targets();
                longest = Math.max(longest, row.length());
            }
        }
        var scale = (double) rows.size() / looked;
        return new RowCounts(rows.size(), Math.round(tokens * scale), Math.round(targets * scale), longest);
    }

    double meanLength() {
        return (double) tokens / rows;
    }
}
