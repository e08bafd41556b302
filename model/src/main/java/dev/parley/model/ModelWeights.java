package dev.parley.model;

import dev.parley.kernels.matrix.Matrix;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The weights of a model that runs, in memory: matrices as products read them, (out, in), and the vectors of norms and biases. */
public final class ModelWeights {

    private final Map<String, Matrix> matrices = new HashMap<>();
    private final Map<String, float[]> vectors = new HashMap<>();

    void put(WeightSpec spec, Matrix matrix) {
        matrices.put(spec.name(), matrix);
    }

    void put(WeightSpec spec, float[] vector) {
        vectors.put(spec.name(), vector);
    }

    /** The matrix of a weight of the blueprint. */
    public Matrix matrix(WeightSpec spec) {
        return Optional.ofNullable(matrices.get(spec.name()))
                .orElseThrow(() -> new IllegalArgumentException("The model has no matrix " + spec.name() + "."));
    }

    /** The vector of a weight of the blueprint. */
    public float[] vector(WeightSpec spec) {
        return Optional.ofNullable(vectors.get(spec.name()))
                .orElseThrow(() -> new IllegalArgumentException("The model has no vector " + spec.name() + "."));
    }

    /** Bytes of a weight, as it is held. */
    long bytes(WeightSpec spec) {
        return spec.isVector() ? (long) Float.BYTES * vector(spec).length : matrix(spec).bytes();
    }
}
