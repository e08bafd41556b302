package dev.parley.model;

import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.NormSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The weights of a blueprint as {@link JavaRunner} reads them. */
final class RunnerWeights {

    final Matrix tokens;
    final Optional<Matrix> positions;
    final List<Layer> layers;
    final Norm lastNorm;
    final SideBySide head;
    private final ModelWeights weights;

    /** @param shift of a layer norm; empty for a root mean square norm */
    record Norm(float[] scale, float[] shift, float epsilon) {}

    /** A matrix and what is added to its product; an empty bias where nothing is. */
    record Projection(Matrix weight, float[] bias) {}

    /**
     * Products of the same input, whose results lie side by side.
     *
     * @param size numbers of a token in all
     * @param forms a matrix of each form that reads the input in an arrangement of its own
     * @param formOf which of them each projection's is
     */
    record SideBySide(List<Projection> projections, int size, List<Matrix> forms, List<Integer> formOf) {

        static SideBySide of(List<Projection> projections) {
            var forms = new LinkedHashMap<Object, Matrix>();
            for (var p : projections) forms.putIfAbsent(p.weight().inputForm(), p.weight());
            var order = List.copyOf(forms.keySet());
            return new SideBySide(projections, projections.stream().mapToInt(p -> p.weight().rows()).sum(), List.copyOf(forms.values()),
                    projections.stream().map(p -> order.indexOf(p.weight().inputForm())).toList());
        }
    }

    /** A layer's weights beside what the blueprint says of it. */
    record Layer(LayerSpec spec, Norm attentionNorm, SideBySide qkv, Optional<Norm> queryNorm, Optional<Norm> keyNorm, SideBySide output,
            Norm mlpNorm,
            SideBySide up, SideBySide down) {

        float[] outputBias() {
            return output.projections.getFirst().bias();
        }

        float[] downBias() {
            return down.projections.getFirst().bias();
        }

        List<SideBySide> products() {
            return List.of(qkv, output, up, down);
        }
    }

    RunnerWeights(ModelWeights weights, Blueprint blueprint) {
        this.weights = weights;
        tokens = weights.matrix(blueprint.embedding().tokens());
        positions = blueprint.embedding().positions().map(weights::matrix);
        layers = blueprint.layers().stream().map(this::layer).toList();
        lastNorm = norm(blueprint.head().norm());
        head = SideBySide.of(List.of(new Projection(weights.matrix(blueprint.head().weight()), new float[0])));
    }

    private Layer layer(LayerSpec spec) {
        var attention = spec.attention();
        return new Layer(spec, norm(spec.attentionNorm()), sideBySide(attention.qkv()), attention.queryNorm().map(this::norm),
                attention.keyNorm().map(this::norm),
                sideBySide(List.of(attention.output())), norm(spec.mlpNorm()), sideBySide(spec.mlp().up()),
                sideBySide(List.of(spec.mlp().down())));
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

    /** All products of the network. */
    List<SideBySide> products() {
        return Stream.concat(layers.stream().flatMap(layer -> layer.products().stream()), Stream.of(head)).toList();
    }

    /** Whether they are in float32. */
    boolean wide() {
        return tokens instanceof Float32Matrix;
    }
}
