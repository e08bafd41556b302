package dev.parley.data;

import java.util.List;

/** Rows by number. A row of one number is always the same, so that a run can be repeated and resumed. */
public interface Dataset {

    /** Number of rows. */
    int size();

    /** The row of a number from 0 to size-1. */
    Row get(int index);

    /** A data set in memory. */
    static Dataset of(List<Row> rows) {
        var copy = List.copyOf(rows);
        return new Dataset() {
            @Override
            public int size() {
                return copy.size();
            }

            @Override
            public Row get(int index) {
                return copy.get(index);
            }
        };
    }
}
