package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelWeights;
import dev.parley.model.WeightSpec;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The learned tensors of a model by their names in the weight file, in the order of the network: one for each weight of the
 * {@link dev.parley.model.Blueprint}.
 *
 * <pre>{@code
 * var parameters = new Parameters(config.blueprint().weights());
 * var weight = parameters.get("transformer.h.0.attn.c_attn.weight").value();
 * }</pre>
 */
public final class Parameters implements AutoCloseable {

    private final Map<String, Parameter> byName = new LinkedHashMap<>();

    /** Parameters without values: load them or {@link #initialize} them. */
    Parameters(List<WeightSpec> weights) {
        for (var spec : weights) {
            if (byName.put(spec.name(), new Parameter(spec)) != null)
                throw new IllegalStateException("Two parameters are called " + spec.name() + ".");
        }
    }

    /** Parameters over the weights of a model that runs. */
    static Parameters over(List<WeightSpec> specs, ModelWeights weights) {
        var parameters = new Parameters(specs);
        for (var parameter : parameters.all()) parameter.liesIn(weights);
        return parameters;
    }

    /** All of them, in the order of the network. */
    public Collection<Parameter> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** The same weights, and what an adapter adds to them, with gradients of their own. */
    static Parameters sharing(List<WeightSpec> specs, Parameters of) {
        var parameters = new Parameters(specs);
        for (var parameter : parameters.all()) {
            var other = of.get(parameter.name());
            parameter.shareWeights(other);
            parameter.lowRank(other.lowRank().map(LowRankPair::shared));
        }
        return parameters;
    }

    /** Those that training may change, an adapter's among them, in the order of the network. */
    public List<Parameter> trainable() {
        var trainable = new ArrayList<Parameter>();
        for (var parameter : all()) {
            if (parameter.trainable()) trainable.add(parameter);
            parameter.lowRank().ifPresent(pair -> trainable.addAll(List.of(pair.a(), pair.b())));
        }
        return trainable;
    }

    /** Bytes of memory that all weights lie in, as they are kept, with what an adapter has beside them. */
    public long bytes() {
        return all().stream().mapToLong(p -> p.bytes() + p.lowRank().map(pair -> pair.a().bytes() + pair.b().bytes()).orElse(0L)).sum();
    }

    /** Begins to collect the gradients that another network's parameters do. */
    void learnAs(Parameters others) {
        for (var parameter : all()) {
            var other = others.get(parameter.name());
            parameter.learnAs(other);
            if (parameter.lowRank().isEmpty()) continue;
            parameter.lowRank().get().a().learnAs(other.lowRank().orElseThrow().a());
            parameter.lowRank().get().b().learnAs(other.lowRank().orElseThrow().b());
        }
    }

    /** The parameter of a name; throws where there is none. */
    public Parameter get(String name) {
        var parameter = byName.get(name);
        if (parameter == null) throw new IllegalArgumentException("The model has no parameter " + name + ".");
        return parameter;
    }

    /** The parameter of a weight of the blueprint. */
    Parameter get(WeightSpec spec) {
        return get(spec.name());
    }

    /** Makes room for another pass, see {@link Parameter#gradientParts}. */
    void gatherGradients() {
        trainable().forEach(Parameter::gatherGradient);
    }

    /** Fills every parameter afresh, in order, from the generator of {@link dev.parley.tensor.RandomState}. */
    void initialize() {
        for (var parameter : all()) {
            var init = parameter.spec().init();
            try (var noGrad = NoGrad.open()) {
                var fresh = Tensor.empty(DType.FLOAT32, parameter.shape());
                parameter.set(init.standardDeviation() == 0 ? fresh.fillInPlace(init.mean())
                        : fresh.normalInPlace(init.mean(), init.standardDeviation()));
            }
        }
    }

    /**
     * Takes the values of a network that is the same but for how many tokens it knows, into its own care.
     *
     * @param grown what becomes of a table that is to have so many rows
     */
    void takeOver(Parameters of, BiFunction<Tensor, Long, Tensor> grown) {
        for (var parameter : all()) {
            var other = of.get(parameter.name());
            if (Arrays.equals(parameter.shape(), other.shape())) {
                parameter.takeOver(other);
            } else {
                parameter.set(grown.apply(other.value(), parameter.shape()[0]));
            }
        }
    }

    /** Frees the native memory of all. */
    @Override
    public void close() {
        for (var parameter : all()) parameter.close();
    }
}
