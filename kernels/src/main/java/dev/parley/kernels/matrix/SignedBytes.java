package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Numbers of eight bits with their sign, a column's side by side. */
final class SignedBytes extends StripCodes {

    static final SignedBytes EIGHT = new SignedBytes();

    private static final int GROUP = 32;

    private SignedBytes() {
        super(8, 4);
    }

    @Override
    void pack(byte[] numbers, int count, byte[] into, int lane) {
        for (int c = 0, at = lane; c < count; c++, at += LANES) into[at] = numbers[c];
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        for (int c = 0; c < columns; c++)
            Int8Tile.column(w, from + (long) c * LANES).intoMemorySegment(panel, at + 2 * Tile.VECTOR * c, LITTLE);
    }

    @Override
    void addOne(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] scales, int stride, float[] x, int xAt,
            int sumAt, float[] y) {
        FloatVector y0 = Tile.sum(y, 0, 0), y1 = Tile.sum(y, 0, 1), y2 = Tile.sum(y, 0, 2), y3 = Tile.sum(y, 0, 3);
        var zero = FloatVector.zero(FLOATS);
        var scalesAt = 0;
        for (int first = 0; first < columns; first += GROUP) {
            FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
            var from = (long) first * LANES;
            for (int c = 0; c < GROUP; c++) {
                var v = FloatVector.broadcast(FLOATS, x[xAt + first + c]);
                a0 = Int8Tile.column(w, at0 + from + (long) c * LANES).fma(v, a0);
                a1 = Int8Tile.column(w, at1 + from + (long) c * LANES).fma(v, a1);
                a2 = Int8Tile.column(w, at2 + from + (long) c * LANES).fma(v, a2);
                a3 = Int8Tile.column(w, at3 + from + (long) c * LANES).fma(v, a3);
            }
            y0 = a0.fma(fromArray(FLOATS, scales, scalesAt), y0);
            y1 = a1.fma(fromArray(FLOATS, scales, scalesAt + stride), y1);
            y2 = a2.fma(fromArray(FLOATS, scales, scalesAt + 2 * stride), y2);
            y3 = a3.fma(fromArray(FLOATS, scales, scalesAt + 3 * stride), y3);
            scalesAt += 2 * LANES;
        }
        Tile.keep(y, 0, y0, y1, y2, y3);
    }
}
