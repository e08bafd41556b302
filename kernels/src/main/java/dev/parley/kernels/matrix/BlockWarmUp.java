package dev.parley.kernels.matrix;

import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Has the kernels of some formats compiled while a model is being loaded: until then a product takes a hundred times as long.
 *
 * <p>The products of a kernel that is not compiled yet are the same to the last bit, so nothing waits for this.
 */
public final class BlockWarmUp {

    private static final int[] BATCHES = {1, 2, 8}; // each takes another kernel
    private static final int MOST = 8;
    private static final int COLUMNS = 256;
    private static final int ROWS = 8;
    private static final long SHORT_ROUND = 50_000; // nanoseconds of a format's round of compiled kernels, and some
    private static final long LONGEST = 5_000_000_000L;

    private static final Set<BlockFormat> STARTED = EnumSet.noneOf(BlockFormat.class);

    private BlockWarmUp() {}

    /** Begins with those formats that were not asked for before, and returns at once. */
    public static void start(Collection<BlockFormat> formats) {
        synchronized (STARTED) {
            var others = formats.stream().filter(STARTED::add).toList();
            if (!others.isEmpty()) Thread.ofPlatform().daemon().name("parley-kernels-warm-up-blocks").start(() -> run(others));
        }
    }

    /** Rows of zeros. */
    private record Zeros(int rows, int columns) implements RowSource {

        @Override
        public void read(int first, int count, float[] into, int stride) {}
    }

    /** All formats in turn: what the compiler learns of one alone it would have to forget with the next. */
    private static void run(List<BlockFormat> formats) {
        try (var arena = Arena.ofConfined()) {
            var matrices = formats.stream().map(format -> zeros(format, arena)).toList();
            var first = matrices.getFirst();
            var workspace = new MatrixWorkspace(first.panelSize(), matrices.stream().mapToInt(Matrix::rowsSize).max().orElseThrow(), MOST);
            float[] x = new float[matrices.stream().mapToInt(m -> m.inputSize(MOST)).max().orElseThrow()], y = new float[MOST * ROWS];
            var begin = System.nanoTime();
            for (var quick = 0; quick < 100 && System.nanoTime() - begin < LONGEST;) {
                var before = System.nanoTime();
                for (var matrix : matrices)
                    for (var batch : BATCHES) matrix.multiply(0, x, batch, y, 0, ROWS, workspace);
                quick = System.nanoTime() - before < SHORT_ROUND * formats.size() ? quick + 1 : 0;
            }
        }
    }

    private static BlockMatrix zeros(BlockFormat format, Arena arena) {
        var blocks = arena.allocate((long) ROWS * COLUMNS / format.columns() * format.bytes(), 64);
        return BlockMatrix.pack(format, blocks, row -> row, new Zeros(ROWS, COLUMNS), arena, new ThreadTeam(1));
    }
}
