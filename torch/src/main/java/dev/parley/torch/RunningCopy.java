package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.weights.WeightsInMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A model that learns as the Java engine runs it. What an adapter adds is in the matrices; those in float32 are used where they lie, others
 * are copied.
 *
 * <pre>{@code
 * try (var running = model.running()) {
 *     var text = new Generator(running.model(), tokenizer).generate("Once upon a time", config).text();
 * }
 * }</pre>
 */
public final class RunningCopy implements AutoCloseable {

    private final CausalLM model;
    private final List<Tensor> tensors;

    private RunningCopy(CausalLM model, List<Tensor> tensors) {
        this.model = model;
        this.tensors = tensors;
    }

    static RunningCopy of(ModelConfig config, Parameters parameters, WeightType type) {
        var tensors = new ArrayList<Tensor>();
        try (var noGrad = NoGrad.open()) {
            var weights = new WeightsInMemory("the model in training");
            for (var parameter : parameters.all()) {
                try (var scope = Scope.open()) {
                    tensors.add(Scope.detach(whole(parameter)));
                }
                var value = tensors.getLast();
                weights.put(parameter.name(), value.dtype(), value.shape(), value.memory());
            }
            return new RunningCopy(CausalLM.of(config, weights, type), tensors);
        } catch (RuntimeException | Error e) {
            tensors.forEach(Tensor::close);
            throw e;
        }
    }

    /** W, or W + scale B A where an adapter stands beside it, which files may have the other way round. */
    private static Tensor whole(Parameter parameter) {
        var value = parameter.value().detach();
        if (parameter.lowRank().isEmpty()) return value.contiguous();
        var pair = parameter.lowRank().get();
        var added = pair.b().value().detach().matmul(pair.a().value().detach()).mul(pair.scale()); // (out, in)
        return value.to(DType.FLOAT32).add(parameter.spec().isInOut() ? added.transpose(0, 1) : added).contiguous();
    }

    /** The model, which is this one's to close. */
    public CausalLM model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
        tensors.forEach(Tensor::close);
    }
}
