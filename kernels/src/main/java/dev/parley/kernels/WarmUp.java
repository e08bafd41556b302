package dev.parley.kernels;

import dev.parley.kernels.attention.AttentionWarmUp;
import dev.parley.kernels.matrix.MatrixWarmUp;
import dev.parley.kernels.vectors.ElementwiseWarmUp;
import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has the kernels for float rows compiled beside the first steps, which plain loops compute until then. */
public final class WarmUp {

    private static final long SHORT_ROUND = 150_000; // nanoseconds of a round of compiled kernels, and some
    private static final long LONGEST = 5_000_000_000L;

    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private WarmUp() {}

    /** Begins, once in the life of the program, and returns at once. */
    public static void start() {
        if (!STARTED.getAndSet(true)) Thread.ofPlatform().daemon().name("parley-kernels-warm-up").start(WarmUp::run);
    }

    private static void run() {
        try (var arena = Arena.ofConfined(); var attention = new AttentionWarmUp()) {
            var matrices = new MatrixWarmUp(arena);
            var elementwise = new ElementwiseWarmUp(arena);
            var begin = System.nanoTime();
            for (var quick = 0; quick < 3 && System.nanoTime() - begin < LONGEST;) {
                var before = System.nanoTime();
                matrices.run();
                elementwise.run();
                attention.run();
                quick = System.nanoTime() - before < SHORT_ROUND ? quick + 1 : 0;
                Thread.sleep(2); // the compiler needs the processor too
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            VectorKernels.markReady();
        }
    }
}
