package dev.parley.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The expected numbers are those of CPython 3.11's {@code random.Random}. */
class PythonRandomTest {

    private static List<Integer> range(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    @Test
    void drawsTheNumbersThatPythonDraws() {
        var random = new PythonRandom(1234);
        for (var expected : new double[] {0.9664535356921388, 0.4407325991753527, 0.007491470058587191})
            assertEquals(expected, random.random());
        assertEquals(0.5043802970418443, new PythonRandom((1L << 40) + 5).random());
    }

    @Test
    void samplesAsPythonDoesFromSmallAndLargePopulations() {
        var random = new PythonRandom(1234);
        assertEquals(List.of(99, 56, 14, 0, 11), random.sample(range(100), 5));
        assertEquals(List.of(9, 0, 1), random.sample(range(10), 3));
        assertEquals(List.of(100, 784, 363, 242, 17, 31, 807, 16, 354, 663, 638, 495), random.sample(range(1000), 12));
        assertEquals(List.of(51, 48, 25, 76, 22, 29, 31, 17), new PythonRandom(99).sample(range(90), 25).subList(0, 8));
    }

    @Test
    void choosesWithReplacementAsPythonDoes() {
        var places = new int[10];
        new PythonRandom(7).choices(places);
        assertArrayEquals(new int[] {3, 1, 6, 0, 5, 3, 0, 5, 0, 4}, places);
    }
}
