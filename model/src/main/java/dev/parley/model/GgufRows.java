package dev.parley.model;

import dev.parley.weights.GgufWriter;
import dev.parley.weights.WeightSource;
import java.lang.foreign.Arena;

/** A weight's rows in the order and with the offset of GGUF, whose numbers are in memory only while they are written. */
final class GgufRows implements GgufWriter.Rows {

    private final WeightSource source;
    private final String name;
    private final WeightSpec weight;
    private Arena arena;
    private FileRows rows;

    GgufRows(WeightSource source, String name, WeightSpec weight) {
        this.source = source;
        this.name = name;
        this.weight = weight;
    }

    @Override
    public void prepare(int first, int count) {
        if (rows != null) return;
        arena = Arena.ofShared();
        var bytes = source.bytes(name, arena);
        var dtype = source.info(name).dtype();
        rows = isVector() ? new FileRows(bytes, dtype, Math.toIntExact(weight.elements()), 1, false)
                : new FileRows(bytes, dtype, weight.outFeatures(), weight.inFeatures(), weight.isInOut());
    }

    @Override
    public void release() {
        if (rows == null) return;
        rows = null;
        arena.close();
    }

    boolean isVector() {
        return weight.dimensions().size() == 1;
    }

    @Override
    public void read(int first, int count, float[] into) {
        if (isVector()) {
            for (int i = 0; i < rows.rows(); i++) {
                rows.read(weight.rowInModel(i), 1, into, 0, i);
                into[i] += (float) weight.ggufOffset();
            }
        } else if (weight.ggufRows().equals(WeightSpec.RowOrder.SAME)) {
            rows.read(first, count, into, weight.inFeatures());
        } else {
            for (int i = 0; i < count; i++)
                rows.read(weight.rowInModel(first + i), 1, into, weight.inFeatures(), i * weight.inFeatures());
        }
    }
}
