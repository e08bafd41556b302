package dev.parley.kernels.vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Activations, a row of scores and a step of AdamW, run again and again until the compiler has their kernels ready. */
public final class ElementwiseWarmUp implements Runnable {

    private static final int SIZE = 128;
    private static final int SCORES = 512;

    private final MemorySegment scores;
    private final AdamW.State state;
    private final AdamW.Scratch scratch = new AdamW.Scratch();
    private final GradientSum.Scratch sums = new GradientSum.Scratch();

    /** Scores and weights of zeros in memory of the arena. */
    public ElementwiseWarmUp(Arena arena) {
        scores = arena.allocate(2L * SCORES, 64);
        var gradient = new GradientSum(List.of(new GradientSum.Part(floats(arena), false), new GradientSum.Part(floats(arena), true)));
        state = new AdamW.State(floats(arena), gradient, floats(arena), floats(arena), Optional.of(floats(arena)), 1);
    }

    private static MemorySegment floats(Arena arena) {
        return arena.allocate(4L * SIZE, 64);
    }

    @Override
    public void run() {
        float[] x = new float[SIZE], y = new float[SIZE];
        Activations.geluNew(y, 0, SIZE, true);
        Activations.siluTimes(y, 0, x, 0, SIZE, true);
        ScoreRow.loss(scores, 0, SCORES, 0, new float[SCORES], true, true);
        new AdamW(0, 0.9, 0.9, 1, 0, 1).update(state, 0, SIZE, scratch, true);
        state.gradient().squares(0, SIZE, sums, true);
    }
}
