package dev.parley.kernels.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against float64 by the definition, before vectors are in use and with them. */
class LogSumExpTest {

    @Test
    void rowsOfAnyLengthAreSummedAsInFloat64() {
        check();
        VectorKernels.markReady();
        check();
    }

    private static void check() {
        var random = new SplittableRandom(1);
        for (var n : new int[] {1, 2, 15, 16, 17, 100, 1024, 1025, 50_257, 151_669}) {
            for (var spread : new double[] {0, 1, 30}) {
                var x = new float[n + 3];
                for (int i = 0; i < n; i++) x[i] = (float) (random.nextDouble(-1, 1) * spread + 7);
                for (int i = n; i < x.length; i++) x[i] = 1e9f; // beyond the row
                var highest = IntStream.range(0, n).mapToDouble(i -> x[i]).max().orElseThrow();
                assertEquals(highest, LogSumExp.highest(x, n));
                var expected = highest + Math.log(IntStream.range(0, n).mapToDouble(i -> Math.exp(x[i] - highest)).sum());
                assertEquals(expected, LogSumExp.of(x, n, (float) highest), 2e-6 * Math.max(1, Math.abs(expected)));
            }
        }
    }
}
