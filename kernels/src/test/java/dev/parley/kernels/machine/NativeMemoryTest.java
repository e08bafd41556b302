package dev.parley.kernels.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeMemoryTest {

    private static final long LARGE_PAGE = 2 << 20;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63, 64, 65, 4096, LARGE_PAGE - 1, LARGE_PAGE, LARGE_PAGE + 1, 2 * LARGE_PAGE, 20_000_001})
    void memoryIsOfZerosAndHasExactlyItsSize(long bytes) {
        var arena = Arena.ofShared();
        var memory = NativeMemory.allocate(arena, bytes);
        assertEquals(bytes, memory.byteSize());
        assertEquals(0, memory.address() % 64, "a line of the cache");
        assertEquals(-1, memory.mismatch(MemorySegment.ofArray(new byte[(int) bytes])), "zeros");
        memory.fill((byte) 1);
        assertThrows(IndexOutOfBoundsException.class, () -> memory.get(ValueLayout.JAVA_BYTE, bytes));
        arena.close();
        assertFalse(memory.scope().isAlive());
        if (bytes > 0) assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void piecesOfMemoryDoNotOverlap() {
        try (var arena = Arena.ofConfined()) {
            var pieces = new ArrayList<MemorySegment>();
            for (int i = 1; i <= 20; i++) {
                var piece = NativeMemory.allocate(arena, i % 2 == 0 ? 100L * i : LARGE_PAGE + 1000L * i);
                piece.fill((byte) i);
                pieces.add(piece);
            }
            for (int i = 1; i <= 20; i++) {
                var piece = pieces.get(i - 1);
                for (long at = 0; at < piece.byteSize(); at++)
                    if (piece.get(ValueLayout.JAVA_BYTE, at) != i) assertEquals(i, piece.get(ValueLayout.JAVA_BYTE, at));
            }
        }
    }

    @Test
    void moreThanTheSystemHasIsRefused() {
        try (var arena = Arena.ofConfined()) {
            assertThrows(OutOfMemoryError.class, () -> NativeMemory.allocate(arena, 1L << 55));
        }
    }

    /** Each number is read once: were a stream to begin at a wrong place, some would count twice and others never. */
    @Test
    void thePieceOfWhichReadingIsMeasuredIsReadWholeAndOnce() {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(2L * MemoryBandwidth.PIECE, 64);
            var random = new SplittableRandom(3);
            var sum = 0;
            for (int i = 0; i < 2 * MemoryBandwidth.PIECE / 4; i++) {
                var number = random.nextInt();
                memory.setAtIndex(ValueLayout.JAVA_INT, i, number);
                if (i >= MemoryBandwidth.PIECE / 4) sum += number;
            }
            assertEquals(sum, (int) MemoryBandwidth.read(memory, MemoryBandwidth.PIECE));
        }
        assertTrue(MemoryBandwidth.PIECE % 1024 == 0);
    }
}
