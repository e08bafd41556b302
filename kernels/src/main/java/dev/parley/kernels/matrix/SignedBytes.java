package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Numbers of eight bits with their sign, a column's side by side. */
final class SignedBytes extends StripCodes {

    static final SignedBytes CODES = new SignedBytes();

    private SignedBytes() {
        super(8, 4, 32);
    }

    @Override
    void pack(byte[] numbers, int count, byte[] into, int lane) {
        for (int c = 0, at = lane; c < count; c++, at += LANES) into[at] = numbers[c];
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        for (int c = 0; c < columns; c++)
            Int8Tile.column(w, from + (long) c * LANES).intoMemorySegment(panel, at + STEP * c, LITTLE);
    }

    @Override
    void sumFour(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] x, int xAt, MemorySegment sums) {
        for (int first = 0; first < columns; first += 32) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            for (int c = first; c < first + 32; c++) {
                var v = FloatVector.broadcast(FLOATS, x[xAt + c]);
                a0 = Int8Tile.column(w, at0 + (long) c * LANES).fma(v, a0);
                a1 = Int8Tile.column(w, at1 + (long) c * LANES).fma(v, a1);
                a2 = Int8Tile.column(w, at2 + (long) c * LANES).fma(v, a2);
                a3 = Int8Tile.column(w, at3 + (long) c * LANES).fma(v, a3);
            }
            GroupTile.keep(sums, first / 32, a0, a1, a2, a3);
        }
    }
}
