package dev.parley.weights;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Brings the numbers x of a group to whole levels q so that the weighted error, the sum of w (x - s q - l)², is small. For given levels
 * the best scale s and least number l are those of least squares, and what the error is then follows from a few sums. So levels are tried
 * that come of many scales near the one that fills the range, and the best are rounded anew with their own scale (Lloyd 1982, "Least
 * squares quantization in PCM", section IV, for levels that are evenly spaced).
 *
 * <p>Eight groups are fitted at once, a group in each lane of a vector. One thread uses it.
 */
final class GroupFits {

    /** Groups that are fitted at once. */
    static final int GROUPS = 8;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() >= GROUPS ? FloatVector.SPECIES_256
            : FloatVector.SPECIES_128;
    private static final int LANES = SPECIES.length();
    private static final int MOST = 32; // numbers of a group

    private static final int STEPS = 8; // that are tried on each side of the scale that fills the range
    private static final float STEP = 0.125f; // between them, in levels of the largest number
    private static final int ROUNDS = 3; // of rounding anew

    /** Added to a float, it leaves the nearest whole number in the low bits: 1.5 times 2 to the power of 23. */
    private static final float TO_WHOLE = 12_582_912;
    private static final int ZERO = Float.floatToRawIntBits(TO_WHOLE);

    private final float[] x = new float[MOST * GROUPS]; // (n, groups), as all of these
    private final float[] w = new float[MOST * GROUPS]; // each group's adds up to 1
    private int n;
    private final float[] sumX = new float[GROUPS]; // weighted
    private final float[] sumXX = new float[GROUPS];
    private final float[] inverse = new float[GROUPS]; // of the scale that is tried
    private final float[] error = new float[GROUPS]; // of the best so far

    /** What a step of a group's levels is; not finite where a number of it is not. */
    final float[] scale = new float[GROUPS];
    /** What level 0 is. */
    final float[] least = new float[GROUPS];

    /** Begins with groups of so many numbers, all of them 0 for now. */
    void begin(int size) {
        n = size;
        Arrays.fill(x, 0);
        Arrays.fill(w, 0);
        Arrays.fill(sumX, 0);
        Arrays.fill(sumXX, 0);
    }

    /**
     * Sets a group's numbers.
     *
     * @param weights of the numbers, none below 0; where all are 0, each counts the same
     * @return the sum of the weights
     */
    double set(int group, float[] numbers, int at, float[] weights, int weightsAt) {
        var all = 0.0;
        for (int i = 0; i < n; i++) all += weights[weightsAt + i];
        double share = all > 0 ? 1 / all : 0, sum = 0, squares = 0;
        for (int i = 0; i < n; i++) {
            double number = numbers[at + i], weight = all > 0 ? weights[weightsAt + i] * share : 1.0 / n;
            x[i * GROUPS + group] = (float) number;
            w[i * GROUPS + group] = (float) weight;
            sum += weight * number;
            squares += weight * number * number;
        }
        sumX[group] = (float) sum;
        sumXX[group] = (float) squares;
        return all;
    }

    /**
     * Fits numbers s q, with q from {@code lowest} to {@code highest}.
     *
     * @param far the level that the largest number gets, or one near it
     */
    void scaled(int lowest, int highest, int far) {
        var largest = new float[GROUPS]; // with their signs
        for (int i = 0; i < n * GROUPS; i += GROUPS) {
            for (int g = 0; g < GROUPS; g++) if (Math.abs(x[i + g]) > Math.abs(largest[g])) largest[g] = x[i + g];
        }
        start(largest, far);
        for (int step = -STEPS; step <= STEPS; step++) {
            for (int g = 0; g < GROUPS; g++) inverse[g] = (far + step * STEP) / largest[g];
            tryScaled(lowest, highest);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int g = 0; g < GROUPS; g++) inverse[g] = 1 / scale[g];
            tryScaled(lowest, highest);
        }
    }

    private void start(float[] range, int levels) {
        for (int g = 0; g < GROUPS; g++) scale[g] = Float.isFinite(sumXX[g]) ? range[g] / levels : Float.NaN;
        Arrays.fill(least, 0);
        Arrays.fill(error, Float.POSITIVE_INFINITY);
    }

    private void tryScaled(int lowest, int highest) {
        for (int g = 0; g < GROUPS; g += LANES) {
            FloatVector times = FloatVector.fromArray(SPECIES, inverse, g), qx = FloatVector.zero(SPECIES), qq = FloatVector.zero(SPECIES);
            for (int i = g; i < n * GROUPS; i += GROUPS) {
                var number = FloatVector.fromArray(SPECIES, x, i);
                var q = levels(number.mul(times), lowest, highest);
                var weighted = FloatVector.fromArray(SPECIES, w, i).mul(q);
                qx = qx.add(weighted.mul(number));
                qq = qq.add(weighted.mul(q));
            }
            var s = qx.div(qq);
            keep(g, FloatVector.fromArray(SPECIES, sumXX, g).sub(s.mul(qx)), s, FloatVector.zero(SPECIES));
        }
    }

    /**
     * Fits numbers s q + l, with q from 0 to {@code highest}.
     *
     * @param below whether l is to be 0 at most
     */
    void shifted(int highest, boolean below) {
        float[] lowest = Arrays.copyOf(x, GROUPS), range = Arrays.copyOf(x, GROUPS);
        for (int i = GROUPS; i < n * GROUPS; i += GROUPS) {
            for (int g = 0; g < GROUPS; g++) {
                if (x[i + g] < lowest[g]) lowest[g] = x[i + g];
                if (x[i + g] > range[g]) range[g] = x[i + g];
            }
        }
        for (int g = 0; g < GROUPS; g++) {
            if (below) lowest[g] = Math.min(0, lowest[g]);
            range[g] -= lowest[g];
        }
        if (!below) center(lowest); // numbers far from 0 would leave no digits to the error
        start(range, highest);
        for (int g = 0; g < GROUPS; g++) least[g] = below ? lowest[g] : 0;
        for (int step = -STEPS; step <= STEPS; step++) {
            for (int g = 0; g < GROUPS; g++) inverse[g] = (highest + step * STEP) / range[g];
            tryShifted(below ? lowest : new float[GROUPS], highest, below);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int g = 0; g < GROUPS; g++) inverse[g] = 1 / scale[g];
            tryShifted(least, highest, below);
        }
        if (!below) for (int g = 0; g < GROUPS; g++) least[g] += lowest[g];
    }

    private void center(float[] lowest) {
        Arrays.fill(sumX, 0);
        Arrays.fill(sumXX, 0);
        for (int i = 0; i < n * GROUPS; i += GROUPS) {
            for (int g = 0; g < GROUPS; g++) {
                x[i + g] -= lowest[g];
                sumX[g] += w[i + g] * x[i + g];
                sumXX[g] += w[i + g] * x[i + g] * x[i + g];
            }
        }
    }

    private void tryShifted(float[] from, int highest, boolean below) {
        for (int g = 0; g < GROUPS; g += LANES) {
            FloatVector times = FloatVector.fromArray(SPECIES, inverse, g), low = FloatVector.fromArray(SPECIES, from, g);
            FloatVector sumQ = FloatVector.zero(SPECIES), qx = sumQ, qq = sumQ;
            for (int i = g; i < n * GROUPS; i += GROUPS) {
                var number = FloatVector.fromArray(SPECIES, x, i);
                var q = levels(number.sub(low).mul(times), 0, highest);
                var weighted = FloatVector.fromArray(SPECIES, w, i).mul(q);
                sumQ = sumQ.add(weighted);
                qx = qx.add(weighted.mul(number));
                qq = qq.add(weighted.mul(q));
            }
            FloatVector all = FloatVector.fromArray(SPECIES, sumX, g), determinant = qq.sub(sumQ.mul(sumQ));
            FloatVector s = qx.sub(all.mul(sumQ)).div(determinant), l = qq.mul(all).sub(sumQ.mul(qx)).div(determinant);
            if (below) {
                var above = l.compare(VectorOperators.GT, 0);
                s = s.blend(qx.div(qq), above);
                l = l.blend(0, above);
            }
            keep(g, FloatVector.fromArray(SPECIES, sumXX, g).sub(s.mul(qx)).sub(l.mul(all)), s, l);
        }
    }

    /** The nearest whole numbers from the lowest to the highest; of what is no number, one of them. */
    private static FloatVector levels(FloatVector numbers, int lowest, int highest) {
        IntVector whole = numbers.add(TO_WHOLE).reinterpretAsInts();
        return whole.max(ZERO + lowest).min(ZERO + highest).reinterpretAsFloats().sub(TO_WHOLE);
    }

    private void keep(int group, FloatVector error, FloatVector scale, FloatVector least) {
        var before = FloatVector.fromArray(SPECIES, this.error, group);
        var better = error.compare(VectorOperators.LT, before);
        before.blend(error, better).intoArray(this.error, group);
        FloatVector.fromArray(SPECIES, this.scale, group).blend(scale, better).intoArray(this.scale, group);
        FloatVector.fromArray(SPECIES, this.least, group).blend(least, better).intoArray(this.least, group);
    }
}
