package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
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
}
