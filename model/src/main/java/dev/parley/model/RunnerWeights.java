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

    /** Products of the same input, whose results lie side by side. @param size numbers of a token in all */
    record SideBySide(List<Projection> projections, int size) {

        static SideBySide of(List<Projection> projections) {
            return new SideBySide(projections, projections.stream().mapToInt(p -> p.weight().rows()).sum());
        }

        /** Any of the matrices, by whose form the input is arranged for all. */
        Matrix first() {
            return projections.getFirst().weight();
        }
    }

    /** A layer's weights beside what the blueprint says of it. */
    record Layer(LayerSpec spec, Norm attentionNorm, SideBySide qkv, Optional<Norm> queryNorm, Optional<Norm> keyNorm, Projection output,
            Norm mlpNorm,
            SideBySide up, Projection down) {

        List<Projection> projections() {
            var all = new ArrayList<>(qkv.projections);
            all.addAll(up.projections);
            all.add(output);
            all.add(down);
            return all;
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
        return new Layer(spec, norm(spec.attentionNorm()), sideBySide(attention.qkv()), attention.queryNorm().map(this::norm),
                attention.keyNorm().map(this::norm),
                projection(attention.output()), norm(spec.mlpNorm()), sideBySide(spec.mlp().up()), projection(spec.mlp().down()));
    }

    private Norm norm(NormSpec spec) {
        return new Norm(weights.vector(spec.scale()), vector(spec.shift()), (float) spec.epsilon());
    }

    private SideBySide sideBySide(List<LinearSpec> specs) {
        return SideBySide.of(specs.stream().map(this::projection).toList());
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
