package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The inner loops with small integers, whose sums are exact in float32: results are compared exactly. */
class TileTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static final int V = Tile.VECTORS;

    private final SplittableRandom random = SEED.random();

    /** Adds to sums, which lie by vector, then by strip, then by row: w[strip][column * LANES + row] x[column * V + vector]. */
    private static void add(float[][] w, int columns, float[] x, int xAt, float[] sums, int sumsAt) {
        for (int v = 0; v < V; v++) {
            for (int s = 0; s < 2; s++) {
                for (int row = 0; row < LANES; row++) {
                    for (int c = 0; c < columns; c++)
                        sums[sumsAt + (2 * v + s) * LANES + row] += w[s][c * LANES + row] * x[xAt + V * c + v];
                }
            }
        }
    }

    private float[][] strips(int columns) {
        return new float[][] {Seed.integers(random, columns * LANES), Seed.integers(random, columns * LANES)};
    }

    private static void panel(float[][] w, int columns, MemorySegment panel, long at) {
        for (int c = 0; c < columns; c++) {
            for (int s = 0; s < 2; s++)
                MemorySegment.copy(w[s], c * LANES, panel, ValueLayout.JAVA_FLOAT, at + (2L * c + s) * Tile.VECTOR, LANES);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 8, 100})
    void aTileAddsItsProductsToTheSums(int columns) {
        var w = strips(columns);
        var x = Seed.integers(random, V * columns + 3);
        float[] sums = Seed.integers(random, Tile.SUMS + 2 * LANES), wanted = sums.clone();
        add(w, columns, x, 3, wanted, LANES);
        try (var arena = Arena.ofConfined()) {
            var panel = arena.allocate(64 + 2 * Tile.VECTOR * columns, 64);
            panel(w, columns, panel, 64);
            Tile.add(panel, 64, columns, x, 3, sums, LANES);
        }
        assertArrayEquals(wanted, sums);
    }

    private static MemorySegment bytes(Arena arena, float[][] w, int columns) {
        var memory = arena.allocate(2L * columns * LANES + Int8Tile.SLACK, 64);
        for (int s = 0; s < 2; s++) {
            for (int i = 0; i < columns * LANES; i++) memory.set(ValueLayout.JAVA_BYTE, (long) s * columns * LANES + i, (byte) w[s][i]);
        }
        return memory;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 36, 100})
    void bytesAreWidenedAndMultipliedWithOneTileAndWithTwo(int columns) {
        var w = strips(columns);
        var x = Seed.integers(random, 2 * V * columns + 7);
        try (var arena = Arena.ofConfined()) {
            var memory = bytes(arena, w, columns);
            float[] sums = Seed.integers(random, Tile.SUMS), wanted = sums.clone();
            var panel = arena.allocate(2 * Tile.VECTOR * columns, 64);
            add(w, columns, x, 7, wanted, 0);
            Int8Tile.multiplyFirstTile(memory, 0, (long) columns * LANES, columns, panel, x, 7, sums);
            assertArrayEquals(wanted, sums);
            var widened = arena.allocate(2 * Tile.VECTOR * columns, 64);
            panel(w, columns, widened, 0);
            assertEquals(-1, widened.mismatch(panel), "the panel has other weights");

            twoTiles(w, columns, x, 7, 7 + V * columns,
                    (all, at) -> Int8Tile.multiplyTwoTiles(memory, 0, (long) columns * LANES, columns, x, 7, 7 + V * columns, all, at));
        }
    }

    @FunctionalInterface
    private interface TwoTiles {
        void multiply(float[] sums, int at);
    }

    /** Sums of two tiles lie as far apart as {@link StripTile} keeps them; what was there is overwritten, what is between is not. */
    private void twoTiles(float[][] w, int columns, float[] x, int xAt, int nextAt, TwoTiles tiles) {
        float[] sums = Seed.integers(random, 2 * StripTile.SUMS + 5), wanted = sums.clone();
        for (int t = 0; t < 2; t++) {
            Arrays.fill(wanted, 5 + t * StripTile.SUMS, 5 + t * StripTile.SUMS + Tile.SUMS, 0);
            add(w, columns, x, t == 0 ? xAt : nextAt, wanted, 5 + t * StripTile.SUMS);
        }
        tiles.multiply(sums, 5);
        assertArrayEquals(wanted, sums);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void fourBitsAreWidenedToOnePlusSixteenthsAndMultiplied(int columns) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(2 * Tile.VECTOR * columns / Int4Tile.PER_INT, 64);
            var w = new float[2][columns * LANES];
            for (int s = 0; s < 2; s++) {
                for (int i = 0; i < columns / Int4Tile.PER_INT * LANES; i++) {
                    var bits = 0;
                    for (int k = 0; k < Int4Tile.PER_INT; k++) {
                        var nibble = random.nextInt(16);
                        bits |= nibble << 4 * k;
                        w[s][(i / LANES * Int4Tile.PER_INT + k) * LANES + i % LANES] = 1 + nibble / 16f;
                    }
                    memory.setAtIndex(ValueLayout.JAVA_INT, (long) s * columns / Int4Tile.PER_INT * LANES + i,
                            Integer.rotateLeft(bits, Int4Tile.ROTATION));
                }
            }
            var second = Tile.VECTOR * columns / Int4Tile.PER_INT;
            MemorySegment panel = arena.allocate(2 * Tile.VECTOR * columns, 64), wanted = arena.allocate(2 * Tile.VECTOR * columns, 64);
            Int4Tile.widen(memory, 0, columns, panel, 0);
            Int4Tile.widen(memory, second, columns, panel, Tile.VECTOR);
            panel(w, columns, wanted, 0);
            assertEquals(-1, wanted.mismatch(panel));

            var x = Seed.integers(random, 2 * V * columns + 1);
            twoTiles(w, columns, x, 1, 1 + V * columns,
                    (all, at) -> Int4Tile.multiplyTwoTiles(memory, 0, second, columns, x, 1, 1 + V * columns, all, at));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 13})
    void fourRowsAreMultipliedWithAnyBatch(int batch) {
        var n = 5 * LANES;
        var w = Arrays.copyOf(Seed.integers(random, 4 * n), RowTile.scratchSize(n));
        var x = Seed.integers(random, batch * n);
        var rowAt = new int[] {6, 0, 3, 3}; // a part's last row may stand for several
        System.arraycopy(w, 2 * n, w, 3 * n, n);
        var y = new float[1 + batch * 9];
        Arrays.fill(y, 1e9f);
        RowTile.multiply(w, n, x, batch, n, y, 1, 9, rowAt);
        var wanted = new float[y.length];
        Arrays.fill(wanted, 1e9f);
        for (int b = 0; b < batch; b++) {
            for (int r = 0; r < 4; r++) {
                var sum = 0f;
                for (int i = 0; i < n; i++) sum += w[r * n + i] * x[b * n + i];
                wanted[1 + b * 9 + rowAt[r]] = sum;
            }
        }
        assertArrayEquals(wanted, y);
    }

    @Test
    void resultsAreStoredForTheVectorsAndRowsThatThereAre() {
        var sums = Seed.integers(random, Tile.SUMS);
        for (int vectors = 1; vectors <= V + 1; vectors++) {
            for (int rows = LANES + 1; rows <= 2 * LANES; rows++) {
                float[] y = new float[V * 2 * LANES], wanted = new float[y.length];
                Arrays.fill(y, 1e9f);
                Arrays.fill(wanted, 1e9f);
                for (int v = 0; v < Math.min(V, vectors); v++) System.arraycopy(sums, 2 * v * LANES, wanted, v * 2 * LANES, rows);
                Tile.store(sums, 0, vectors, y, 0, 2 * LANES, 0, LANES, rows);
                assertArrayEquals(wanted, y);
            }
        }
    }

    @Test
    void sumsOfGroupsAreTheirSums() {
        for (int columns = 1; columns < 140; columns++) {
            var x = Seed.integers(random, columns + 2);
            float[] into = new float[40], wanted = new float[40];
            for (int c = 0; c < columns; c++) wanted[1 + 4 * (c / 32)] += x[2 + c];
            GroupSums.of(x, 2, columns, 32, into, 1, 4);
            assertArrayEquals(wanted, into, "columns " + columns);
        }
    }

    @Test
    void placesOfArrangedVectorsAreDifferentAndFillTheMemory() {
        for (int batch = 1; batch <= 40; batch++) {
            var seen = new int[Tile.inputSize(7, batch)];
            for (int b = 0; b < batch; b++) for (int i = 0; i < 7; i++) seen[Tile.inputAt(7, b, batch) + i * Tile.inputStep(batch)]++;
            assertEquals(batch * 7, Arrays.stream(seen).sum());
            assertTrue(Arrays.stream(seen).allMatch(times -> times <= 1), "two numbers at one place, batch " + batch);
        }
    }

    @Test
    void partsHaveAMultipleOfFourRowsAndAboutTheirBytes() {
        for (var bytes : new long[] {0, 1, 4, 100, 768, 3072, 12_288, 49_152, 1 << 20}) {
            for (var rows : new int[] {0, 1, 3, 4, 5, 100, 50_257}) {
                var part = Partition.rowsPerPart(bytes, rows);
                assertEquals(0, part % Partition.STREAMS);
                assertTrue(part >= Partition.STREAMS && part <= Math.max(4, rows + 3), part + " of " + rows);
                assertTrue(part * bytes <= Math.max(48 << 10, Partition.STREAMS * bytes), part + " rows of " + bytes);
            }
        }
    }
}
