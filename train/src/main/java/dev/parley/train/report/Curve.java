package dev.parley.train.report;

import java.util.Arrays;

/**
 * A series of numbers by step, of bounded size: when it is full, of each four neighbours the lowest and the highest stay, so that a spike
 * is
 * seen in a curve of any length.
 */
final class Curve {

    private static final int MOST = 2048;

    private final long[] steps = new long[MOST];
    private final double[] values = new double[MOST];
    private int size;

    void add(long step, double value) {
        if (size == MOST) thin();
        steps[size] = step;
        values[size++] = value;
    }

    private void thin() {
        var kept = 0;
        for (int from = 0; from < size; from += 4) {
            int low = from, high = from;
            for (int i = from + 1; i < from + 4; i++) {
                if (Double.compare(values[i], values[low]) < 0) low = i;
                if (Double.compare(values[i], values[high]) >= 0) high = i;
            }
            for (var i : new int[] {Math.min(low, high), Math.max(low, high)}) {
                steps[kept] = steps[i];
                values[kept++] = values[i];
            }
        }
        size = kept;
    }

    long[] steps() {
        return Arrays.copyOf(steps, size);
    }

    double[] values() {
        return Arrays.copyOf(values, size);
    }

    double last() {
        return values[size - 1];
    }
}
