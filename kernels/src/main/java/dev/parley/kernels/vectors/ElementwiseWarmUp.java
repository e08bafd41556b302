package dev.parley.kernels.vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Activations and a row of scores, run again and again until the compiler has their kernels ready. */
public final class ElementwiseWarmUp implements Runnable {

    private static final int SIZE = 128;
    private static final int SCORES = 512;

    private final MemorySegment scores;

    /** Scores of zeros in memory of the arena. */
    public ElementwiseWarmUp(Arena arena) {
        scores = arena.allocate(2L * SCORES, 64);
    }

    @Override
    public void run() {
        float[] x = new float[SIZE], y = new float[SIZE];
        Activations.geluNew(y, 0, SIZE, true);
        Activations.siluTimes(y, 0, x, 0, SIZE, true);
        ScoreRow.loss(scores, 0, SCORES, 0, new float[SCORES], true, true);
    }
}
