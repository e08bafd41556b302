package dev.parley.kernels.machine;

import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** How fast this machine's memory can be read by the threads that decode: the limit of a step. */
public final class MemoryBandwidth {

    private static final long BYTES = 512L << 20;
    private static final int PIECE = 1 << 20;

    private MemoryBandwidth() {}

    /** Bytes a second, the best of a few readings of half a gibibyte, each piece as four streams. */
    public static double measure() {
        var team = ThreadTeam.shared();
        var best = 0.0;
        var sink = new AtomicLong();
        try (var arena = Arena.ofShared()) {
            var memory = NativeMemory.allocate(arena, BYTES);
            memory.fill((byte) 1);
            for (int run = 0; run < 6; run++) {
                var start = System.nanoTime();
                team.each((int) (BYTES / PIECE), piece -> sink.addAndGet(read(memory, (long) piece * PIECE)));
                best = Math.max(best, BYTES / ((System.nanoTime() - start) / 1e9));
            }
        }
        if (sink.get() == 42) throw new IllegalStateException("Ones do not add up to this."); // so that the sums are needed
        return best;
    }

    private static long read(MemorySegment memory, long at) {
        IntVector a = IntVector.zero(INTS), b = a, c = a, d = a;
        for (int i = 0; i < PIECE / 4; i += 4 * LANES) {
            a = a.add(IntVector.fromMemorySegment(INTS, memory, at + i, LITTLE));
            b = b.add(IntVector.fromMemorySegment(INTS, memory, at + PIECE / 4 + i, LITTLE));
            c = c.add(IntVector.fromMemorySegment(INTS, memory, at + PIECE / 2 + i, LITTLE));
            d = d.add(IntVector.fromMemorySegment(INTS, memory, at + PIECE * 3 / 4 + i, LITTLE));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }
}
