package dev.parley.kernels.matrix;

import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Has the kernels of some formats compiled while a model is being loaded: until then a product takes a hundred times as long.
 *
 * <p>The products of a kernel that is not compiled yet are the same to the last bit, so nothing waits for this.
 */
public final class BlockWarmUp {

    private static final int BATCH = 4;
    private static final int COLUMNS = 256;
    private static final long SHORT_ROUND = 50_000; // nanoseconds of a round of compiled kernels, and some
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

    /** Rows of zeros. */
    private record Zeros(int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {}
    }

    private static void run(BlockFormat format) {
        try (var arena = Arena.ofConfined()) {
            var rows = new Zeros(8, COLUMNS);
            var blocks = arena.allocate((long) rows.rows * COLUMNS / format.columns() * format.bytes(), 64);
            var matrix = BlockMatrix.pack(format, blocks, row -> row, rows, arena, new ThreadTeam(1));
            var workspace = new MatrixWorkspace(matrix.panelSize(), matrix.rowsSize(), BATCH);
            float[] x = new float[matrix.inputSize(BATCH)], y = new float[BATCH * rows.rows];
            var begin = System.nanoTime();
            for (var quick = 0; quick < 100 && System.nanoTime() - begin < LONGEST;) {
                var before = System.nanoTime();
                matrix.multiply(0, x, 1, y, 0, 0, workspace);
                matrix.multiply(0, x, BATCH, y, 0, rows.rows, workspace);
                quick = System.nanoTime() - before < SHORT_ROUND ? quick + 1 : 0;
            }
        }
    }
}
