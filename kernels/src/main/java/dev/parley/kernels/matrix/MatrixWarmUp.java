package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import java.lang.foreign.Arena;

/** Products of small matrices of floats, run again and again until the compiler has their kernels ready. */
public final class MatrixWarmUp implements Runnable {

    private static final int SIZE = 128;
    private static final int MAX_BATCH = 20;
    private static final int[] BATCHES = {1, 3, MAX_BATCH}; // each takes another kernel

    private final BFloat16Matrix halves;
    private final Float32Matrix singles;

    /** Weights of zeros in memory of the arena. */
    public MatrixWarmUp(Arena arena) {
        halves = BFloat16Matrix.view(arena.allocate(2L * SIZE * SIZE, 64), SIZE, SIZE);
        singles = Float32Matrix.view(arena.allocate(4L * SIZE * SIZE, 64), SIZE, SIZE);
    }

    @Override
    public void run() {
        float[] x = new float[MAX_BATCH * SIZE], y = new float[MAX_BATCH * SIZE];
        var workspace = new MatrixWorkspace(halves.panelSize(), halves.rowsSize(), MAX_BATCH);
        for (var batch : BATCHES) {
            halves.multiplyByVectors(0, 2 * LANES, x, batch, y, 0, SIZE, workspace);
            singles.multiplyByVectors(0, 2 * LANES, x, batch, y, 0, SIZE, workspace);
        }
    }
}
