package dev.parley.train.optimizer;

import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameters.Parameter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of weights, which often is the better model: a step's noise averages out (Polyak and Juditsky 1992,
 * doi:10.1137/0330046). Step n decays by at most (1 + n) / (10 + n), so that the random weights of the beginning are soon forgotten.
 */
public final class WeightAverage implements AutoCloseable {

    private final List<Parameter> parameters;
    private final Map<String, Tensor> averages = new LinkedHashMap<>();
    private final double decay;

    /** Begins with the weights as they are. */
    public WeightAverage(Collection<Parameter> parameters, double decay) {
        this.parameters = List.copyOf(parameters);
        this.decay = decay;
        for (var parameter : parameters) {
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var weights = parameter.value();
                averages.put(parameter.name(), Scope.detach(Tensor.empty(weights.dtype(), weights.shape()).copyInPlace(weights)));
            }
        }
    }

    /**
     * Takes in the weights as they are after a step.
     *
     * @param step from 1
     */
    public void update(long step) {
        var kept = Math.min(decay, (1.0 + step) / (10.0 + step));
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            for (var parameter : parameters) average(parameter).mulInPlace(kept).addInPlace(parameter.value(), 1 - kept);
        }
    }

    private Tensor average(Parameter parameter) {
        return averages.get(parameter.name());
    }

    /** Exchanges weights and average; twice, and all is as it was. */
    public void swap() {
        for (var parameter : parameters) {
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var weights = parameter.value();
                var kept = Tensor.empty(weights.dtype(), weights.shape()).copyInPlace(weights);
                weights.copyInPlace(average(parameter));
                average(parameter).copyInPlace(kept);
            }
        }
    }

    /** The average of each parameter, by its name; after a {@link #swap()}, the weights themselves. */
    public Map<String, Tensor> tensors() {
        return averages;
    }

    @Override
    public void close() {
        averages.values().forEach(Tensor::close);
    }
}
