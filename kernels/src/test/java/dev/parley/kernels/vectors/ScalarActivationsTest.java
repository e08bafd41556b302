package dev.parley.kernels.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What computes before the vectors are compiled gives the same bits: a text does not depend on when it was begun. */
class ScalarActivationsTest {

    private final SplittableRandom random = new SplittableRandom(4);

    private float[] numbers(int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    @Test
    void activationsHaveTheSameBits() {
        var numbers = numbers(5_003);
        for (int i = 0; i < numbers.length; i++) numbers[i] *= i % 7 * 20;
        float[] plain = numbers.clone(), vectors = numbers.clone(), up = numbers(5_003);
        Activations.geluNew(plain, 0, plain.length, false);
        Activations.geluNew(vectors, 0, plain.length, true);
        assertArrayEquals(vectors, plain);
        Activations.siluTimes(plain, 0, up, 0, plain.length, false);
        Activations.siluTimes(vectors, 0, up, 0, plain.length, true);
        assertArrayEquals(vectors, plain);
    }
}
