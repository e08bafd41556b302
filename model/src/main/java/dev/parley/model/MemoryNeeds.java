package dev.parley.model;

import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.ExpertsSpec;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.ShortConvSpec;
import dev.parley.weights.WeightSource;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The memory that a model takes while it runs by the Java engine, and what a token reads of it: known from its config and the headers of
 * its files alone.
 *
 * <pre>{@code
 * try (var files = ModelFiles.open(folder)) {
 *     var needs = MemoryNeeds.of(files.config(), Optional.of(files.weights()), WeightType.INT8);
 *     System.out.println(needs.weights() + needs.cachePerToken() * 4096);
 * }
 * }</pre>
 *
 * @param weights bytes of all weights, as they are held
 * @param readPerToken bytes of them that the step of one token reads: of tables a row, of experts those that a token asks
 * @param cachePerToken bytes of a token's keys and values
 * @param parameters numbers that are learned
 * @param activeParameters those that the step of one token uses, tables aside
 */
public record MemoryNeeds(long weights, long readPerToken, long cachePerToken, long parameters, long activeParameters) {

    /**
     * The needs of a model.
     *
     * @param source of its weights, or of their headers; without it, weights are held in whole numbers of a type
     * @param type that its matrices are held in
     */
    public static MemoryNeeds of(ModelConfig config, Optional<WeightSource> source, WeightType type) {
        var blueprint = config.blueprint();
        ToLongFunction<WeightSpec> bytes = spec -> WeightLoader.bytesToRun(source, blueprint, spec, type);
        var wide = type == WeightType.FLOAT32 || type == WeightType.AS_STORED
                && bytes.applyAsLong(blueprint.embedding().tokens()) == 4 * blueprint.embedding().tokens().elements();
        var perNumber = wide || config.headDim() % 2 != 0 ? Float.BYTES : Short.BYTES;
        return new MemoryNeeds(blueprint.weights().stream().mapToLong(bytes).sum(), read(blueprint, bytes),
                blueprint.layers().stream().mapToLong(MemoryNeeds::cached).sum() * perNumber, config.parameterCount(),
                read(blueprint, WeightSpec::elements));
    }

    /** Numbers that a layer keeps of a token. */
    private static long cached(LayerSpec layer) {
        return switch (layer.mixer()) {
            case AttentionSpec attention -> 2L * attention.keyValueSize();
            case ShortConvSpec convolution -> convolution.channels();
        };
    }

    private static long read(Blueprint blueprint, ToLongFunction<WeightSpec> of) {
        var all = blueprint.weights().stream().filter(spec -> spec.use() != WeightSpec.Use.TABLE).mapToLong(of).sum();
        for (var layer : blueprint.layers()) {
            if (!(layer.mlp() instanceof ExpertsSpec spec)) continue;
            var experts = spec.experts().stream().map(MlpSpec::linears).flatMap(List::stream).mapToLong(linear -> of(linear, of)).sum();
            all -= experts / spec.experts().size() * (spec.experts().size() - spec.topK());
        }
        return all;
    }

    private static long of(LinearSpec linear, ToLongFunction<WeightSpec> of) {
        return of.applyAsLong(linear.weight()) + linear.bias().stream().mapToLong(of).sum();
    }
}
