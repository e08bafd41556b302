package dev.parley.kernels;

import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Random numbers that are others in every run. A test that fails prints their seed; {@code -Dparley.seed} repeats it. */
public final class Seed implements TestWatcher {

    private final long seed = Long.getLong("parley.seed", System.nanoTime());

    /** A source of random numbers, the same for every test of the class, so that each can be repeated alone. */
    public SplittableRandom random() {
        return new SplittableRandom(seed);
    }

    /** Normally distributed numbers. */
    public static float[] gaussians(SplittableRandom random, int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    /** Small integers: sums of some thousand of their products are exact in float32, so that results can be compared exactly. */
    public static float[] integers(SplittableRandom random, int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = random.nextInt(-8, 8);
        return numbers;
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        System.out.println(context.getDisplayName() + " failed with -Dparley.seed=" + seed);
    }
}
