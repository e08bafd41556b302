package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of every type beside ggml itself. */
class GgmlReferenceTest {

    private static final int BLOCKS = 1_000;

    static Stream<GgmlType> types() {
        return Arrays.stream(GgmlType.values()).filter(type -> type.blockSize() > 1);
    }

    /** Bits that may be any: scales that are infinite or no numbers are among them. */
    @ParameterizedTest
    @MethodSource("types")
    void randomBlocksWidenBitForBitAsGgmlDoes(GgmlType type) throws Exception {
        var llama = LlamaCpp.load();
        var bytes = new byte[(int) type.bytes((long) BLOCKS * type.blockSize())];
        new Random(type.ordinal()).nextBytes(bytes);
        var expected = llama.widen(type, bytes, BLOCKS * type.blockSize());
        var ours = new float[expected.length];
        type.widen(MemorySegment.ofArray(bytes), 0, ours.length, ours, 0);
        var finite = 0;
        for (int i = 0; i < ours.length; i++) {
            if (Float.isFinite(expected[i])) finite++;
            var at = i;
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(ours[i]),
                    () -> type + " " + at + ": " + ours[at] + " is not " + expected[at]);
        }
        assertTrue(finite > ours.length / 2, finite + " of " + ours.length + " are finite");
    }

    @Test
    void numbersAreRoundedToMxfp4BitForBitAsGgmlDoes() throws Exception {
        var llama = LlamaCpp.load();
        var type = GgmlType.MXFP4;
        var random = new Random(11);
        var numbers = new float[BLOCKS * type.blockSize()];
        for (int i = 0; i < numbers.length; i++)
            numbers[i] = i / type.blockSize() % 50 == 0 ? 0 : (float) (random.nextGaussian() * Math.pow(2, i / type.blockSize() % 40 - 20));
        var ours = new byte[(int) type.bytes(numbers.length)];
        type.narrow(numbers, 0, numbers.length, MemorySegment.ofArray(ours), 0);
        assertArrayEquals(llama.narrow(type, numbers, type.blockSize(), new float[0]), ours);
    }

    /** What was read from such blocks is written as the same numbers, so that a conversion loses nothing. */
    @Test
    void numbersThatCameFromMxfp4ComeBack() {
        var type = GgmlType.MXFP4;
        var blocks = new byte[(int) type.bytes((long) BLOCKS * type.blockSize())];
        var random = new Random(12);
        random.nextBytes(blocks);
        for (int b = 0; b < BLOCKS; b++) blocks[17 * b] = (byte) random.nextInt(4, 250);
        float[] numbers = new float[BLOCKS * type.blockSize()], again = new float[numbers.length];
        type.widen(MemorySegment.ofArray(blocks), 0, numbers.length, numbers, 0);
        var written = MemorySegment.ofArray(new byte[blocks.length]);
        type.narrow(numbers, 0, numbers.length, written, 0);
        type.widen(written, 0, numbers.length, again, 0);
        for (int i = 0; i < numbers.length; i++) assertEquals(numbers[i] + 0f, again[i] + 0f, "number " + i); // -0 may become 0
    }
}
