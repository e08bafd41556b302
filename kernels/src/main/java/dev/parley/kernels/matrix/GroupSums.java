package dev.parley.kernels.matrix;

/** Sums of groups of inputs: products with quantised weights need them to take out the offset of the weights. */
final class GroupSums {

    private GroupSums() {}

    /** The sum of each group of {@code groupColumns} numbers, the first at {@code into[at]}, each next one {@code step} further on. */
    static void of(float[] x, int xAt, int columns, int groupColumns, float[] into, int at, int step) {
        for (int g = 0; g * groupColumns < columns; g++) {
            int from = xAt + g * groupColumns, to = xAt + Math.min(columns, (g + 1) * groupColumns);
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            int c = from;
            for (; c + 4 <= to; c += 4) {
                s0 += x[c];
                s1 += x[c + 1];
                s2 += x[c + 2];
                s3 += x[c + 3];
            }
            for (; c < to; c++) s0 += x[c];
            into[at + g * step] = (s0 + s1) + (s2 + s3);
        }
    }
}
