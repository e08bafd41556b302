package dev.parley.train.objective;

import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingRow;
import java.util.Arrays;
import java.util.List;

/** Rows of which each is one answer, judged as a whole: what its tokens have in common with those of a batch. */
public final class Answers {

    private final TrainingBatch batch;
    private final int[] ends; // of each row's targets

    /** Of rows that are read together. */
    public Answers(List<TrainingRow> rows) {
        batch = TrainingBatch.of(rows);
        ends = rows.stream().mapToInt(TrainingRow::targets).toArray();
        Arrays.parallelPrefix(ends, Integer::sum);
    }

    /** The rows as a model reads them. */
    public TrainingBatch batch() {
        return batch;
    }

    /** Tokens of a row's answer. */
    int tokens(int row) {
        return ends[row] - begin(row);
    }

    int begin(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    /** The part of numbers of all targets that is a row's. */
    double[] of(int row, double[] all) {
        return Arrays.copyOfRange(all, begin(row), ends[row]);
    }

    /** ln p of each answer, of those of its tokens. */
    public double[] sums(double[] logprobs) {
        var sums = new double[ends.length];
        for (int row = 0; row < ends.length; row++) {
            for (int i = begin(row); i < ends[row]; i++) sums[row] += logprobs[i];
        }
        return sums;
    }

    /** The weight of each token where every token of an answer has its answer's. */
    double[] spread(double[] weights) {
        var each = new double[ends.length == 0 ? 0 : ends[ends.length - 1]];
        for (int row = 0; row < ends.length; row++) Arrays.fill(each, begin(row), ends[row], weights[row]);
        return each;
    }
}
