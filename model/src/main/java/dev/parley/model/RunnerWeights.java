package dev.parley.model;

import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.Blueprint.ShortConvSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The weights of a blueprint as {@link JavaRunner} reads them. */
final class RunnerWeights {

    final Matrix tokens;
    final Optional<Matrix> positions;
    final float embeddingScale;
    final List<Layer> layers;
    final Norm lastNorm;
    final SideBySide head;
    final float logitScale;
    final float logitSoftcap;
    private final ModelWeights weights;
    private int projections; // counted so far

    /** @param shift of a layer norm; empty for a root mean square norm */
    record Norm(float[] scale, float[] shift, float epsilon) {}

    /**
     * A matrix and what is added to its product.
     *
     * @param number among those of the network, by which an {@link Adapter} finds what it adds
     * @param bias empty where none is added
     */
    record Projection(int number, WeightSpec spec, Matrix weight, float[] bias) {}

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

        /** The first of the projections, or the only one. */
        Projection first() {
            return projections.getFirst();
        }

        /** Room for so many arranged inputs, in each form. */
        float[][] inputs(int tokens) {
            return forms.stream().map(form -> new float[form.inputSize(tokens)]).toArray(float[][]::new);
        }
    }

    /**
     * How a branch enters the residual stream.
     *
     * @param bias of its last product
     * @param norm of what it adds, if there is one
     * @param scale what it is multiplied by
     */
    record Landing(float[] bias, Optional<Norm> norm, float scale) {

        /** Nothing is done to what it adds. */
        static final Landing NONE = new Landing(new float[0], Optional.empty(), 1);
    }

    /**
     * A layer's weights beside what the blueprint says of it.
     *
     * @param mixerNorm of what the first branch reads, if there is one
     * @param mlpNorm of what the MLP reads
     */
    record Layer(LayerSpec spec, Optional<Norm> mixerNorm, Mixing mixer, Landing mixerLanding, Optional<Norm> mlpNorm, Branch mlp,
            Landing mlpLanding) {

        List<SideBySide> products() {
            var all = new ArrayList<>(List.of(mixer.input(), mixer.output()));
            all.addAll(mlp.products());
            return all;
        }
    }

    /** The first branch of a layer. */
    sealed interface Mixing {

        /** Its products of what it reads. */
        SideBySide input();

        /** That of what it makes. */
        SideBySide output();
    }

    /**
     * Attention, whose input is to queries, keys and values.
     *
     * @param sinks of each query head, if there are any
     */
    record Heads(AttentionSpec spec, SideBySide input, Optional<Norm> queryNorm, Optional<Norm> keyNorm, float[] sinks,
            SideBySide output) implements Mixing {}

    /**
     * A short convolution.
     *
     * @param kernel (K, C)
     */
    record ShortConv(ShortConvSpec spec, SideBySide input, float[] kernel, SideBySide output) implements Mixing {}

    /** The second branch of a layer. */
    sealed interface Branch {

        List<SideBySide> products();

        /** Numbers of a token between its products. */
        int innerSize();
    }

    /** A perceptron. */
    record Mlp(MlpSpec spec, SideBySide up, SideBySide down) implements Branch {

        @Override
        public List<SideBySide> products() {
            return List.of(up, down);
        }

        @Override
        public int innerSize() {
            return up.size;
        }
    }

    /** Perceptrons of which each token asks a few. */
    record Experts(ExpertsSpec spec, SideBySide router, List<Mlp> experts) implements Branch {

        @Override
        public List<SideBySide> products() {
            var all = new ArrayList<>(List.of(router));
            for (var expert : experts) all.addAll(expert.products());
            return all;
        }

        @Override
        public int innerSize() {
            return router.size;
        }
    }

    RunnerWeights(ModelWeights weights, Blueprint blueprint) {
        this.weights = weights;
        tokens = weights.matrix(blueprint.embedding().tokens());
        embeddingScale = (float) blueprint.embedding().scale();
        positions = blueprint.embedding().positions().map(weights::matrix);
        layers = blueprint.layers().stream().map(this::layer).toList();
        lastNorm = norm(blueprint.head().norm());
        head = alone(new LinearSpec(blueprint.head().weight(), Optional.empty()));
        logitScale = (float) blueprint.head().scale();
        logitSoftcap = (float) blueprint.head().softcap();
    }

    private Layer layer(LayerSpec spec) {
        var output = alone(spec.mixer().output());
        var mixer = switch (spec.mixer()) {
            case AttentionSpec attention -> new Heads(attention, sideBySide(attention.qkv()), attention.queryNorm().map(this::norm),
                    attention.keyNorm().map(this::norm), vector(attention.sinks()), output);
            case ShortConvSpec convolution -> new ShortConv(convolution, alone(convolution.input()), kernel(convolution), output);
        };
        var mlp = switch (spec.mlp()) {
            case MlpSpec dense -> mlp(dense);
            case ExpertsSpec experts ->
                new Experts(experts, alone(experts.router()), experts.experts().stream().map(this::mlp).toList());
        };
        var mlpBias = mlp instanceof Mlp dense ? dense.down.first().bias() : Landing.NONE.bias(); // experts add their own
        return new Layer(spec, spec.mixerNorms().before().map(this::norm), mixer,
                landing(output.first().bias(), spec.mixerNorms().after(), spec), spec.mlpNorms().before().map(this::norm),
                mlp, landing(mlpBias, spec.mlpNorms().after(), spec));
    }

    /** The factors of each tap side by side, (C, 1, K) as (K, C). */
    private float[] kernel(ShortConvSpec spec) {
        var kernel = weights.vector(spec.kernel());
        int channels = spec.channels(), taps = spec.taps();
        var byTap = new float[kernel.length];
        for (int i = 0; i < kernel.length; i++) byTap[i % taps * channels + i / taps] = kernel[i];
        return byTap;
    }

    private Mlp mlp(MlpSpec spec) {
        return new Mlp(spec, sideBySide(spec.up()), alone(spec.down()));
    }

    private Landing landing(float[] bias, Optional<NormSpec> norm, LayerSpec spec) {
        return new Landing(bias, norm.map(this::norm), (float) spec.join().scale());
    }

    private Norm norm(NormSpec spec) {
        var scale = weights.vector(spec.scale());
        if (spec.scaleOffset() != 0) {
            scale = scale.clone();
            for (int i = 0; i < scale.length; i++) scale[i] += (float) spec.scaleOffset();
        }
        return new Norm(scale, vector(spec.shift()), (float) spec.epsilon());
    }

    private SideBySide alone(LinearSpec spec) {
        return sideBySide(List.of(spec));
    }

    private SideBySide sideBySide(List<LinearSpec> specs) {
        return SideBySide.of(specs.stream().map(this::projection).toList());
    }

    private Projection projection(LinearSpec spec) {
        return new Projection(projections++, spec.weight(), weights.matrix(spec.weight()), vector(spec.bias()));
    }

    private float[] vector(Optional<WeightSpec> spec) {
        return spec.map(weights::vector).orElse(new float[0]);
    }

    /** The product with a matrix of the layers, to which an adapter may add; not those of experts, of which each token asks a few. */
    Optional<Projection> adaptable(WeightSpec weight) {
        return layers.stream().flatMap(layer -> Stream.concat(Stream.of(layer.mixer().input(), layer.mixer().output()),
                layer.mlp() instanceof Mlp mlp ? mlp.products().stream() : Stream.of()))
                .flatMap(products -> products.projections().stream()).filter(p -> p.spec().equals(weight)).findFirst();
    }

    /** How many matrices the network multiplies by. */
    int projectionCount() {
        return projections;
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
