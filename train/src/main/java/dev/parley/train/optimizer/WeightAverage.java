package dev.parley.train.optimizer;

import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An exponential moving average of weights, which often is the better model: a step's noise averages out (Polyak and Juditsky 1992,
 * doi:10.1137/0330046). Step n decays by at most (1 + n) / (10 + n), so that the random weights of the beginning are soon forgotten.
 */
public final class WeightAverage implements AutoCloseable {

    private final Map<String, Parameter> parameters;
    private final Map<String, Tensor> averages = new LinkedHashMap<>();
    private final double decay;

    /**
     * Begins with the weights as they are.
     *
     * @param parameters by name, {@link dev.parley.torch.TrainableLM#learned()}
     */
    public WeightAverage(Map<String, Parameter> parameters, double decay) {
        this.parameters = Map.copyOf(parameters);
        this.decay = decay;
        for (var entry : parameters.entrySet()) {
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var weights = entry.getValue().value();
                averages.put(entry.getKey(), Scope.detach(Tensor.empty(weights.dtype(), weights.shape()).copyInPlace(weights)));
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
            averages.forEach((name, average) -> average.mulInPlace(kept).addInPlace(parameters.get(name).value(), 1 - kept));
        }
    }

    /** Exchanges weights and average; twice, and all is as it was. */
    public void swap() {
        for (var entry : averages.entrySet()) {
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var weights = parameters.get(entry.getKey()).value();
                var kept = Tensor.empty(weights.dtype(), weights.shape()).copyInPlace(weights);
                weights.copyInPlace(entry.getValue());
                entry.getValue().copyInPlace(kept);
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
