package dev.parley.model;

import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The weights of a Transformer as {@link KernelTransformer} reads them, found by their names. */
final class KernelWeights {

    final Matrix tokens;
    final Optional<Matrix> positions;
    final List<Layer> layers = new ArrayList<>();
    final Norm lastNorm;
    final Matrix head;
    private final Parameters parameters;
    private final ModelConfig config;

    /** Scale, and shift where there is one. */
    record Norm(float[] weight, float[] bias) {}

    /** A matrix and what is added to its product; an empty bias where nothing is. */
    record Projection(Matrix weight, float[] bias) {}

    /** @param queryNorm of each head's queries, and {@code keyNorm} of its keys; empty where there is none */
    record Layer(Norm attentionNorm, List<Projection> qkv, float[] queryNorm, float[] keyNorm, Projection output, Norm mlpNorm,
            List<Projection> up, Projection down) {

        List<Projection> projections() {
            var all = new ArrayList<>(qkv);
            all.addAll(up);
            all.add(output);
            all.add(down);
            return all;
        }
    }

    KernelWeights(Parameters parameters, ModelConfig config) {
        this.parameters = parameters;
        this.config = config;
        var names = config.family().names();
        tokens = matrix(names.root() + "." + names.tokens());
        positions = config.rope().isPresent() ? Optional.empty() : Optional.of(matrix(names.root() + "." + WeightNames.POSITIONS));
        for (int i = 0; i < config.numHiddenLayers(); i++) layers.add(layer(names.root() + "." + names.layers() + "." + i + "."));
        lastNorm = norm(names.root() + "." + names.lastNorm());
        head = config.tieWordEmbeddings() ? tokens : matrix(WeightNames.HEAD);
    }

    /** Whether they are in float32. */
    boolean wide() {
        return tokens instanceof Float32Matrix;
    }

    private Layer layer(String path) {
        var names = config.family().names();
        var attention = path + names.attention() + ".";
        var mlp = path + names.mlp() + ".";
        var qkv = config.family().conv1d() ? List.of(projection(attention + "c_attn"))
                : List.of(projection(attention + "q_proj"), projection(attention + "k_proj"), projection(attention + "v_proj"));
        var up = config.family().gatedMlp() ? List.of(projection(mlp + "gate_proj"), projection(mlp + names.up())) : List.of(projection(mlp + names.up()));
        var normed = config.family().qkNorm();
        return new Layer(norm(path + names.attentionNorm()), qkv, normed ? vector(attention + "q_norm.weight") : new float[0],
                normed ? vector(attention + "k_norm.weight") : new float[0], projection(attention + names.output()), norm(path + names.mlpNorm()),
                up, projection(mlp + names.down()));
    }

    private Matrix matrix(String path) {
        return parameters.get(path + ".weight").matrix();
    }

    private float[] vector(String name) {
        return parameters.get(name).vector();
    }

    private Norm norm(String path) {
        return new Norm(vector(path + ".weight"), config.family().layerNorm() ? vector(path + ".bias") : new float[0]);
    }

    private Projection projection(String path) {
        return new Projection(matrix(path), parameters.has(path + ".bias") ? vector(path + ".bias") : new float[0]);
    }
}
