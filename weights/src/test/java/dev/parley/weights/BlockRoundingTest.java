package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is lost when numbers are brought into blocks, beside what ggml's own quantiser loses on them. */
class BlockRoundingTest {

    private static final int ROWS = 64;
    private static final int COLUMNS = 1024;

    /** Kinds of rows. The last have columns of sizes of their own, as trained matrices do. */
    enum Kind {
        GAUSSIAN(Random::nextGaussian),
        HEAVY_TAILED(random -> random.nextGaussian() / Math.sqrt(random.nextDouble() + 0.02)),
        UNIFORM(Random::nextDouble),
        STRUCTURED(Random::nextGaussian);

        private final ToDoubleFunction<Random> draw;

        Kind(ToDoubleFunction<Random> draw) {
            this.draw = draw;
        }

        float[] rows() {
            var random = new Random(ordinal());
            var numbers = new float[ROWS * COLUMNS];
            for (int i = 0; i < numbers.length; i++) {
                var size = this == STRUCTURED ? Math.exp(1.5 * Math.sin(0.7 * (i % COLUMNS))) + (i % 97 == 0 ? 8 : 0) : 1;
                numbers[i] = (float) (0.02 * size * draw.applyAsDouble(random));
            }
            return numbers;
        }
    }

    static Stream<Arguments> typesAndKinds() {
        return types().flatMap(type -> Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(Arguments.of(type, kind, false), Arguments.of(type, kind, true))));
    }

    private static float[] importance() {
        var random = new Random(9);
        var importance = new float[COLUMNS];
        for (int c = 0; c < COLUMNS; c++) importance[c] = (float) Math.exp(2 * random.nextGaussian());
        return importance;
    }

    private static double loss(GgmlType type, float[] numbers, byte[] blocks, float[] importance) {
        var back = new float[numbers.length];
        type.widen(MemorySegment.ofArray(blocks), 0, back.length, back, 0);
        var loss = 0.0;
        for (int i = 0; i < back.length; i++) {
            var off = (double) back[i] - numbers[i];
            loss += off * off * (importance.length == 0 ? 1 : importance[i % COLUMNS]);
        }
        return loss;
    }

    private static byte[] ours(GgmlType type, float[] numbers, float[] importance) {
        var bytes = new byte[(int) type.bytes(numbers.length)];
        for (int row = 0; row < numbers.length / COLUMNS; row++)
            type.narrow(numbers, row * COLUMNS, COLUMNS, importance, MemorySegment.ofArray(bytes), type.bytes((long) row * COLUMNS));
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("typesAndKinds")
    void noMoreIsLostThanByGgml(GgmlType type, Kind kind, boolean weighted) throws Exception {
        var llama = LlamaCpp.load();
        float[] numbers = kind.rows(), importance = weighted ? importance() : new float[0];
        double ours = loss(type, numbers, ours(type, numbers, importance), importance),
                theirs = loss(type, numbers, llama.narrow(type, numbers, COLUMNS, importance), importance);
        assertTrue(ours <= theirs, type + " " + kind + ": " + ours / theirs + " of ggml's loss");
    }

    static Stream<GgmlType> types() {
        return Stream.of(GgmlType.values()).filter(type -> type.blockSize() > 1 && type.canBeWritten());
    }

    /** Those whose levels are evenly spaced, and whose scales are floats. */
    static Stream<GgmlType> evenTypes() {
        return types().filter(type -> type != GgmlType.MXFP4);
    }

    /** Numbers that lie on levels come back as they were, but for the rounding of scales. */
    @ParameterizedTest
    @MethodSource("evenTypes")
    void levelsComeBack(GgmlType type) {
        var random = new Random(4);
        for (var numbers : new float[][] {new float[COLUMNS], constant(0.5f), constant(-0.5f), levels(random)}) {
            var back = new float[COLUMNS];
            type.widen(MemorySegment.ofArray(ours(type, numbers, new float[0])), 0, COLUMNS, back, 0);
            // scales in float16 have eleven bits; those of Q8_0 put the largest number on level 127
            for (int i = 0; i < COLUMNS; i++) assertEquals(numbers[i], back[i], type == GgmlType.Q8_0 ? 4e-3 : 5e-4, type + " " + i);
        }
    }

    private static float[] constant(float value) {
        var numbers = new float[COLUMNS];
        Arrays.fill(numbers, value);
        return numbers;
    }

    /** Sixteen levels that all types have, among them -8 and 7 in each group. */
    private static float[] levels(Random random) {
        var numbers = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) numbers[i] = 0.125f * (i % 16 == 0 ? -8 : i % 16 == 1 ? 7 : random.nextInt(16) - 8);
        return numbers;
    }

    /** No column matters: then all do. */
    @ParameterizedTest
    @MethodSource("types")
    void importancesOfZeroAreNone(GgmlType type) {
        var numbers = Kind.GAUSSIAN.rows();
        double none = loss(type, numbers, ours(type, numbers, new float[0]), new float[0]),
                zero = loss(type, numbers, ours(type, numbers, new float[COLUMNS]), new float[0]);
        assertTrue(zero < 1.1 * none, type + ": " + zero + " and " + none);
    }

    /** A writer sees by the scales that blocks are not to be written. */
    @ParameterizedTest
    @MethodSource("evenTypes")
    void whatNoBlockHoldsShowsInTheScales(GgmlType type) {
        for (var bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -3e38f}) {
            var numbers = Kind.GAUSSIAN.rows();
            numbers[300] = bad;
            var blocks = COLUMNS / type.blockSize();
            assertFalse(type.scalesAreFinite(MemorySegment.ofArray(ours(type, numbers, new float[0])), 0, blocks), type + " " + bad);
        }
    }
}
