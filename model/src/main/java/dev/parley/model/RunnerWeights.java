package dev.parley.model;

import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.NormSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The weights of a blueprint as {@link JavaRunner} reads them. */
final class RunnerWeights {

    final Matrix tokens;
    final Optional<Matrix> positions;
    final List<Layer> layers;
    final Norm lastNorm;
    final Matrix head;
    private final ModelWeights weights;

    /** @param shift of a layer norm; empty for a root mean square norm */
    record Norm(float[] scale, float[] shift, float epsilon) {}

    /** A matrix and what is added to its product; an empty bias where nothing is. */
    record Projection(Matrix weight, float[] bias) {}

    /** A layer's weights beside what the blueprint says of it. */
    record Layer(LayerSpec spec, Norm attentionNorm, List<Projection> qkv, Optional<Norm> queryNorm, Optional<Norm> keyNorm, Projection output, Norm mlpNorm,
            List<Projection> up, Projection down) {

        List<Projection> projections() {
            var all = new ArrayList<>(qkv);
            all.addAll(up);
            all.add(output);
            all.add(down);
            return all;
        }

        /** Queries, keys and values of a token together. */
        int qkvSize() {
            return rows(qkv);
        }

        /** What the MLP computes of a token before its activation. */
        int upSize() {
            return rows(up);
        }

        private static int rows(List<Projection> projections) {
            return projections.stream().mapToInt(p -> p.weight().rows()).sum();
        }
    }

    RunnerWeights(ModelWeights weights, Blueprint blueprint) {
        this.weights = weights;
        tokens = weights.matrix(blueprint.embedding().tokens());
        positions = blueprint.embedding().positions().map(weights::matrix);
        layers = blueprint.layers().stream().map(this::layer).toList();
        lastNorm = norm(blueprint.head().norm());
        head = weights.matrix(blueprint.head().weight());
    }

    private Layer layer(LayerSpec spec) {
        var attention = spec.attention();
        return new Layer(spec, norm(spec.attentionNorm()), projections(attention.qkv()), attention.queryNorm().map(this::norm), attention.keyNorm().map(this::norm),
                projection(attention.output()), norm(spec.mlpNorm()), projections(spec.mlp().up()), projection(spec.mlp().down()));
    }

    private Norm norm(NormSpec spec) {
        return new Norm(weights.vector(spec.scale()), vector(spec.shift()), (float) spec.epsilon());
    }

    private List<Projection> projections(List<LinearSpec> specs) {
        return specs.stream().map(this::projection).toList();
    }

    private Projection projection(LinearSpec spec) {
        return new Projection(weights.matrix(spec.weight()), vector(spec.bias()));
    }

    private float[] vector(Optional<WeightSpec> spec) {
        return spec.map(weights::vector).orElse(new float[0]);
    }

    /** Whether they are in float32. */
    boolean wide() {
        return tokens instanceof Float32Matrix;
    }
}
