package dev.parley.data;

import dev.parley.model.TrainingRow;
import java.util.List;

/** Rows of tokens by number: what a model learns texts from. */
public interface Dataset extends Examples<TrainingRow> {

    @Override
    default Dataset inEpoch(long key) {
        return this;
    }

    /** A data set in memory. */
    static Dataset of(List<TrainingRow> rows) {
        var copy = Examples.of(rows);
        return new Dataset() {
            @Override
            public int size() {
                return copy.size();
            }

            @Override
            public TrainingRow get(int index) {
                return copy.get(index);
            }
        };
    }
}
