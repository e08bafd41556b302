package dev.parley.tensor;

import org.bytedeco.pytorch.NoGradGuard;

/**
 * A region of one thread in which operations are not recorded for gradients.
 *
 * <pre>{@code
 * try (var noGrad = NoGrad.open()) {
 *     weight.addInPlace(update);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {

    private final NoGradGuard guard;

    private NoGrad() {
        Natives.load();
        guard = new NoGradGuard();
    }

    /** Opens the region; close it by try-with-resources in the same thread. */
    public static NoGrad open() {
        return new NoGrad();
    }

    @Override
    public void close() {
        guard.close();
    }
}
