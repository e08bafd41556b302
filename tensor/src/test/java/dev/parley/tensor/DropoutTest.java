package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {

    private static final int COUNT = 1_000_003; // not a multiple of what is drawn together

    private static float[] dropped(DType dtype, double p, long seed) {
        try (var scope = Scope.open()) {
            return Functional.dropout(Tensor.full(1, dtype, COUNT), p, seed).to(DType.FLOAT32).toFloats();
        }
    }

    /** Bounds of five standard deviations of independent draws. */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.2, 0.5, 0.9})
    void aShareIsDroppedAndTheMeanStays(double p) {
        var deviation = 5 * Math.sqrt(p * (1 - p) / COUNT);
        for (var dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
            var values = dropped(dtype, p, 17);
            double zeros = 0, neighbours = 0, far = 0;
            for (int i = 0; i < COUNT; i++) {
                if (values[i] != 0) assertEquals(1 / (1 - p), values[i], dtype == DType.FLOAT32 ? 1e-5 : 0.004 / (1 - p));
                else zeros++;
                if (values[i] == 0 && values[(i + 1) % COUNT] == 0) neighbours++;
                if (values[i] == 0 && values[(i + 4096) % COUNT] == 0) far++;
            }
            assertEquals(p, zeros / COUNT, deviation, dtype + ": as many as were asked for");
            assertEquals(p * p, neighbours / COUNT, 2 * deviation, dtype + ": neighbours know nothing of each other");
            assertEquals(p * p, far / COUNT, 2 * deviation, dtype + ": nor do parts");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1L << 40})
    void aSeedSaysWhichAndItsNeighbourSaysOthers(long seed) {
        var values = dropped(DType.FLOAT32, 0.5, seed);
        assertArrayEquals(values, dropped(DType.FLOAT32, 0.5, seed));
        var others = dropped(DType.FLOAT32, 0.5, seed + 1);
        assertFalse(Arrays.equals(values, others));
        double both = 0;
        for (int i = 0; i < COUNT; i++) if (values[i] == 0 && others[i] == 0) both++;
        assertEquals(0.25, both / COUNT, 0.003);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3})
    void gradientsComeBackByTheMaskThatWasAtWork(double p) {
        try (var scope = Scope.open()) {
            var x = Tensor.full(2, DType.FLOAT32, 1000).requiresGrad(true);
            var y = Functional.dropout(x, p, 3);
            y.sum().backward();
            var gradients = x.grad().toFloats();
            var values = y.toFloats();
            for (int i = 0; i < 1000; i++) assertEquals(values[i] / 2, gradients[i], 1e-6);
            assertTrue(Arrays.hashCode(values) != Arrays.hashCode(Tensor.full(2, DType.FLOAT32, 1000).toFloats()));
        }
    }
}
