package dev.parley.data;

import dev.parley.model.TrainingRow;
import java.util.List;

/** Rows by number. A row of one number is always the same, so that a run can be repeated and resumed. */
public interface Dataset {

    /** Number of rows. */
    int size();

    /** The row of a number from 0 to size-1. */
    TrainingRow get(int index);

    /** Tokens of a row, which some know without reading it. */
    default int rowLength(int index) {
        return get(index).length();
    }

    /**
     * The rows as an epoch has them: as many, of the same tokens, but perhaps cut at other places.
     *
     * @param key of the epoch: its seed and its number
     */
    default Dataset inEpoch(long key) {
        return this;
    }

    /**
     * A number that another set of rows would hardly have: of every id, label and segment, in their order. A run that goes on
     * from a checkpoint tells by it that its rows are the same; it reads each row once.
     */
    default long fingerprint() {
        var hash = (long) size();
        for (int i = 0; i < size(); i++) {
            var row = get(i);
            for (var part : new int[][] {row.inputIds(), row.labels(), row.segments()}) {
                hash = mixed(hash, part.length);
                for (var number : part) hash = mixed(hash, number);
            }
        }
        return hash;
    }

    private static long mixed(long hash, int number) {
        var mixed = (hash ^ number) * 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: every bit reaches the upper ones
        return mixed ^ mixed >>> 32;
    }

    /** A data set in memory. */
    static Dataset of(List<TrainingRow> rows) {
        var copy = List.copyOf(rows);
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
