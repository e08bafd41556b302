package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the kernels for float rows compiled beside the first steps, which are computed by {@link PlainRows} until then.
 */
public final class WarmUp {

    private static final long SHORT_ROUND = 150_000; // nanoseconds of a round of compiled kernels, and some
    private static final long LONGEST = 5_000_000_000L;
    private static final int SIZE = 128;
    private static final int HEAD_DIM = 64;

    private static final AtomicBoolean STARTED = new AtomicBoolean();
    private static volatile boolean done;

    private WarmUp() {}

    /** From now on vectors compute, compiled or not: for tests of them. */
    static void finish() {
        done = true;
    }

    /** True once vectors are quicker than single numbers. */
    static boolean isDone() {
        return done;
    }

    /** Begins, once in the life of the program, and returns at once. */
    public static void start() {
        if (!STARTED.getAndSet(true)) Thread.ofPlatform().daemon().name("parley-kernels-warm-up").start(WarmUp::run);
    }

    private static void run() {
        var floats = new float[SIZE * SIZE];
        Arrays.fill(floats, 0.01f);
        try (var arena = Arena.ofConfined(); var cache = new KvBlocks(1, 1, HEAD_DIM, false, KvBlocks.TOKENS)) {
            var bytes = arena.allocate(4L * SIZE * SIZE, 64);
            var rows = new Round(bytes, BFloat16Matrix.view(bytes.asSlice(0, 2L * SIZE * SIZE), SIZE, SIZE), Float32Matrix.view(bytes, SIZE, SIZE), cache, floats);
            cache.reserve(4);
            for (int t = 0; t < 4; t++) cache.put(0, 0, t, floats, 0, floats, 0);
            cache.advance(4);
            var begin = System.nanoTime();
            for (var quick = 0; quick < 3 && System.nanoTime() - begin < LONGEST; ) {
                var before = System.nanoTime();
                rows.run();
                quick = System.nanoTime() - before < SHORT_ROUND ? quick + 1 : 0;
                Thread.sleep(2); // the compiler needs the processor too
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done = true;
        }
    }

    /** Every kernel, on few numbers. */
    private record Round(MemorySegment bytes, BFloat16Matrix halves, Float32Matrix singles, KvBlocks cache, float[] floats) {

        void run() {
            float[] x = new float[20 * SIZE], y = new float[20 * SIZE], attention = new float[Attention.scratchSize(KvBlocks.TOKENS, HEAD_DIM)];
            var scratch = new Scratch(halves.panelSize(), halves.rowsSize(), 20);
            for (var batch : new int[] {1, 3, 20}) {
                halves.multiplyByVectors(0, 2 * Lanes.COUNT, x, batch, y, 0, SIZE, scratch);
                singles.multiplyByVectors(0, 2 * Lanes.COUNT, x, batch, y, 0, SIZE, scratch);
            }
            Activations.geluNew(y, 0, SIZE, true);
            Activations.siluTimes(y, 0, x, 0, SIZE, true);
            ScoreRow.loss(bytes, 0, 4 * SIZE, 0, x, true, true);
            Attention.oneHeadByVectors(cache, 0, 0, floats, 0, 0.1f, 0, 4, y, 0, attention);
        }
    }
}
