package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Has the kernels of some formats compiled while a model is being loaded: until then a product takes a hundred times as long.
 *
 * <p>The products of a kernel that is not compiled yet are the same to the last bit, so nothing waits for this.
 */
public final class BlockWarmUp {

    private static final int BLOCKS = 8;
    private static final long SHORT_ROUND = 10_000; // nanoseconds of a round of compiled kernels, and some
    private static final long LONGEST = 5_000_000_000L;

    private static final Set<BlockFormat> STARTED = EnumSet.noneOf(BlockFormat.class);

    private BlockWarmUp() {}

    /** Begins with those formats that were not asked for before, and returns at once. */
    public static void start(Collection<BlockFormat> formats) {
        synchronized (STARTED) {
            for (var format : formats) {
                if (STARTED.add(format)) Thread.ofPlatform().daemon().name("parley-kernels-warm-up-" + format).start(() -> run(format));
            }
        }
    }

    private static void run(BlockFormat format) {
        try (var arena = Arena.ofConfined()) {
            var kernel = format.kernel();
            var memory = arena.allocate((long) BLOCKS * format.bytes() + 64, 64);
            float[] scales = new float[BLOCKS * kernel.scalesSize()], x = new float[BLOCKS * kernel.inputSize()];
            var begin = System.nanoTime();
            for (var quick = 0; quick < 100 && System.nanoTime() - begin < LONGEST;) {
                var before = System.nanoTime();
                round(kernel, memory, scales, x);
                quick = System.nanoTime() - before < SHORT_ROUND ? quick + 1 : 0;
            }
        }
    }

    private static void round(BlockKernel kernel, MemorySegment memory, float[] scales, float[] x) {
        kernel.readScales(memory, 0, BLOCKS, scales, 0);
        kernel.add(memory, 0, BLOCKS, scales, 0, x, 0, new float[LANES], 0);
    }
}
