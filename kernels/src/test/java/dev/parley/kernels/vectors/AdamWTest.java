package dev.parley.kernels.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdamWTest {

    private static final int N = 5000; // more than a piece, and no multiple of lanes
    private static final AdamW RULE = new AdamW(1e-2, 0.9, 0.95, 1e-8, 0.1, 2);

    /** Weights with two parts of a gradient. */
    private record Case(AdamW.State state, float[] gradient, float[] before) {

        static Case of(Arena arena) {
            var random = new SplittableRandom(3);
            float[] wide = numbers(random), weights = numbers(random), sum = new float[N];
            MemorySegment whole = arena.allocate(4L * N), halves = arena.allocate(2L * N);
            MemorySegment.copy(wide, 0, whole, ValueLayout.JAVA_FLOAT, 0, N);
            for (int i = 0; i < N; i++) {
                var half = BFloat16Bits.of((float) random.nextGaussian());
                halves.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
                sum[i] = wide[i] + BFloat16Bits.toFloat(half);
            }
            var memory = arena.allocate(4L * N);
            MemorySegment.copy(weights, 0, memory, ValueLayout.JAVA_FLOAT, 0, N);
            var gradient = new GradientSum(List.of(new GradientSum.Part(whole, false), new GradientSum.Part(halves, true)));
            return new Case(new AdamW.State(memory, gradient, arena.allocate(4L * N), arena.allocate(4L * N),
                    Optional.of(arena.allocate(2L * N)), 1), sum, weights);
        }

        private static float[] numbers(SplittableRandom random) {
            var numbers = new float[N];
            for (int i = 0; i < N; i++) numbers[i] = (float) random.nextGaussian();
            return numbers;
        }

        float[] weights() {
            return state.weights().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** The first step's moments are the gradient and its square, so that it goes by the sign. */
    @Test
    void theFirstStepGoesByTheSignOfTheGradientAfterDecay() {
        try (var arena = Arena.ofConfined()) {
            var it = Case.of(arena);
            RULE.update(it.state, 0, N, new AdamW.Scratch(), false);
            var weights = it.weights();
            for (int i = 0; i < N; i++) {
                assertEquals(it.before[i] * (1 - 1e-3) - 1e-2 * Math.signum(it.gradient[i]), weights[i], 1e-5, "number " + i);
                assertEquals(BFloat16Bits.of(weights[i]), it.state.compute().orElseThrow().getAtIndex(ValueLayout.JAVA_SHORT, i));
            }
        }
    }

    @Test
    void vectorsGiveTheBitsOfPlainLoops() {
        try (var arena = Arena.ofConfined()) {
            Case plain = Case.of(arena), vectors = Case.of(arena);
            for (int round = 0; round < 3; round++) {
                RULE.update(plain.state, 0, N, new AdamW.Scratch(), false);
                RULE.update(vectors.state, 0, 4096, new AdamW.Scratch(), true);
                RULE.update(vectors.state, 4096, N - 4096, new AdamW.Scratch(), true);
            }
            assertArrayEquals(plain.weights(), vectors.weights());
            assertEquals(-1, plain.state.square().mismatch(vectors.state.square()));
            assertEquals(-1, plain.state.compute().orElseThrow().mismatch(vectors.state.compute().orElseThrow()));
        }
    }

    @Test
    void theSumOfSquaresIsThatOfTheSumOfTheParts() {
        try (var arena = Arena.ofConfined()) {
            var it = Case.of(arena);
            var expected = 0.0;
            for (int i = 7; i < 4007; i++) expected += (double) it.gradient[i] * it.gradient[i];
            var plain = it.state.gradient().squares(7, 4000, new GradientSum.Scratch(), false);
            assertEquals(expected, plain, 1e-5 * expected);
            assertEquals(plain, it.state.gradient().squares(7, 4000, new GradientSum.Scratch(), true));
        }
    }
}
