package dev.parley.kernels.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against float64 by the definition. */
class ScoreRowTest {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final double HALF_A_STEP = 1.0 / 256; // of bfloat16, as a part of the number; the float32 before it has 2^-16 of that

    private static float score(MemorySegment scores, long i) {
        return Float.intBitsToFloat(scores.getAtIndex(SHORT, i) << 16);
    }

    private static void check(double[] values, int target, long at) {
        check(values, target, at, true);
        check(values, target, at, false);
    }

    private static void check(double[] values, int target, long at, boolean byVectors) {
        var n = values.length;
        try (var arena = Arena.ofConfined()) {
            var scores = arena.allocate(2 * (at + n + 3));
            for (int i = 0; i < n; i++) scores.setAtIndex(SHORT, at + i, (short) (Float.floatToRawIntBits((float) values[i]) >> 16));
            var guard = (short) 0x1234;
            for (int i = 0; i < 3; i++) scores.setAtIndex(SHORT, at + n + i, guard);
            var exact = new double[n];
            for (int i = 0; i < n; i++) exact[i] = score(scores, at + i);
            var highest = java.util.stream.DoubleStream.of(exact).max().orElseThrow();
            double others = 0, right = Math.exp(exact[target] - highest);
            for (int i = 0; i < n; i++) others += i == target ? 0 : Math.exp(exact[i] - highest);
            var loss = right == 0 ? Math.log(others) - (exact[target] - highest) : Math.log1p(others / right);

            var scratch = new float[n];
            assertEquals(loss, ScoreRow.loss(scores, at, n, target, scratch, false, byVectors), 1e-5 * loss + 1e-30, "loss alone");
            for (int i = 0; i < n; i++) assertEquals(exact[i], score(scores, at + i), "the scores are as they were");
            assertEquals(loss, ScoreRow.loss(scores, at, n, target, scratch, true, byVectors), 1e-5 * loss + 1e-30, "loss");
            for (int i = 0; i < n; i++) {
                var expected = i == target ? -others / (others + right) : Math.exp(exact[i] - highest) / (others + right);
                assertEquals(expected, score(scores, at + i), HALF_A_STEP * 1.01 * Math.abs(expected) + 1e-37,
                        "gradient " + i + " of " + n);
            }
            for (int i = 0; i < 3; i++) assertEquals(guard, scores.getAtIndex(SHORT, at + n + i), "nothing is written beyond the row");
        }
    }

    private static void checkFloats(double[] values, int target, long at) {
        var n = values.length;
        try (var arena = Arena.ofConfined()) {
            MemorySegment vectors = floats(arena, values, at), plain = floats(arena, values, at);
            var highest = java.util.stream.DoubleStream.of(values).max().orElseThrow();
            double others = 0, right = Math.exp(values[target] - highest);
            for (int i = 0; i < n; i++) others += i == target ? 0 : Math.exp(values[i] - highest);
            var loss = right == 0 ? Math.log(others) - (values[target] - highest) : Math.log1p(others / right);
            var scratch = new float[n];
            assertEquals(loss, FloatScoreRow.loss(vectors, at, n, target, scratch, false, true), 1e-5 * loss + 1e-30, "loss alone");
            assertEquals(-1, vectors.mismatch(plain), "the scores are as they were");
            var byVectors = FloatScoreRow.loss(vectors, at, n, target, scratch, true, true);
            assertEquals(loss, byVectors, 1e-5 * loss + 1e-30, "loss");
            for (int i = 0; i < n; i++) {
                var expected = i == target ? -others / (others + right) : Math.exp(values[i] - highest) / (others + right);
                assertEquals(expected, vectors.getAtIndex(FLOAT, at + i), 1e-5 * Math.abs(expected) + 1e-37, "gradient " + i + " of " + n);
            }
            assertEquals(byVectors, FloatScoreRow.loss(plain, at, n, target, scratch, true, false), "the same bits by plain loops");
            assertEquals(-1, vectors.mismatch(plain), "the same bits by plain loops, and nothing beyond the row");
        }
    }

    private static MemorySegment floats(Arena arena, double[] values, long at) {
        var scores = arena.allocate(4L * (at + values.length + 3));
        scores.fill((byte) 0x12);
        for (int i = 0; i < values.length; i++) scores.setAtIndex(FLOAT, at + i, (float) values[i]);
        return scores;
    }

    @Test
    void scoresInFloat32GiveTheSame() {
        var random = new SplittableRandom(3);
        for (var n : new int[] {1, 2, 7, 16, 31, 32, 33, 64, 65, 257, 768, 5001}) {
            for (int run = 0; run < 5; run++) {
                var values = random.doubles(n, -8, 8).map(value -> (float) value).toArray();
                var target = random.nextInt(n);
                checkFloats(values, target, run % 3);
                values[target] = 8 + run;
                checkFloats(values, target, 1);
                values[target] = -8 - 5 * run;
                checkFloats(values, target, 0);
            }
        }
    }

    @Test
    void lossAndGradientAreThoseOfTheDefinition() {
        var random = new SplittableRandom(2);
        for (var n : new int[] {1, 2, 7, 16, 31, 32, 33, 64, 65, 257, 768, 5001}) {
            for (int run = 0; run < 20; run++) {
                var values = random.doubles(n, -8, 8).toArray();
                var target = random.nextInt(n);
                check(values, target, run % 3); // rows of an odd vocabulary begin anywhere
                values[target] = 8 + run; // known for certain: p is 1 but for 1e-3 to 1e-9
                check(values, target, 1);
                values[target] = -8 - 5 * run; // hardly thought of
                check(values, target, 0);
            }
        }
    }

    private static final double[] ODD = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN, 3.3e38, -3.3e38, -0.0, 1e-40, -90};

    /** Rows of every width around whole vectors, and now and then of numbers at the ends of what there is. */
    private static double[] row(SplittableRandom random, int n, int run) {
        var values = random.doubles(n, -20, 20).toArray();
        for (int i = 0; i < run % 4; i++) values[random.nextInt(n)] = ODD[random.nextInt(ODD.length)];
        if (run == 7) java.util.Arrays.fill(values, Double.NEGATIVE_INFINITY);
        return values;
    }

    /** A run must not depend on when the compiler has the vectors ready. */
    @Test
    void vectorsAndPlainLoopsGiveTheSameBits() {
        var random = new SplittableRandom(4);
        for (int n = 1; n <= 300; n += n < 140 ? 1 : 37) {
            for (int run = 0; run < 12; run++) {
                var values = row(random, n, run);
                int target = random.nextInt(n), at = run % 3;
                try (var arena = Arena.ofConfined()) {
                    var where = "width " + n + ", run " + run;
                    MemorySegment halves = halves(arena, values, at), plainHalves = halves(arena, values, at);
                    var scratch = new float[n];
                    assertEquals(ScoreRow.loss(halves, at, n, target, scratch, true, true),
                            ScoreRow.loss(plainHalves, at, n, target, scratch, true, false), where);
                    for (int i = 0; i < at + n + 3; i++) assertEquals(score(halves, i), score(plainHalves, i), where + ", gradient " + i);
                    MemorySegment floats = floats(arena, values, at), plainFloats = floats(arena, values, at);
                    assertEquals(FloatScoreRow.loss(floats, at, n, target, scratch, true, true),
                            FloatScoreRow.loss(plainFloats, at, n, target, scratch, true, false), where);
                    for (int i = 0; i < at + n + 3; i++)
                        assertEquals(floats.getAtIndex(FLOAT, i), plainFloats.getAtIndex(FLOAT, i), where + ", gradient " + i);
                }
            }
        }
    }

    private static MemorySegment halves(Arena arena, double[] values, int at) {
        var scores = arena.allocate(2L * (at + values.length + 3));
        scores.fill((byte) 0x12);
        for (int i = 0; i < values.length; i++)
            scores.setAtIndex(SHORT, at + i, (short) (Float.floatToRawIntBits((float) values[i]) >> 16));
        return scores;
    }
}
