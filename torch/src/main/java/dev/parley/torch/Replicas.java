package dev.parley.torch;

import dev.parley.model.ModelConfig;
import dev.parley.torch.Parameters.Parameter;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Passes of training, and of scoring, shared out by rows: each share of a batch runs in a worker of its own, on a network
 * over the same weights with gradients of its own, and the gradients are then added in the order of the shares. The
 * numbers depend on how many shares there are, not on which ends first.
 */
final class Replicas implements AutoCloseable {

    private final Parameters weights;
    private final List<Parameters> others = new ArrayList<>();
    private final List<TorchRunner> passes = new ArrayList<>();
    private final Workers workers;

    /**
     * @param first the model's own passes
     * @param weights its parameters, which the first share's gradients are added to
     */
    Replicas(ModelConfig config, TorchRunner first, Parameters weights, int size) {
        this.weights = weights;
        workers = Workers.start(size);
        passes.add(first);
        for (int i = 1; i < size; i++) {
            var own = new Parameters(config.blueprint().weights());
            passes.add(new TorchRunner(config, own, first.computeType()));
            for (var parameter : own.all()) parameter.shareWeights(weights.get(parameter.name()));
            others.add(own);
        }
    }

    /** As {@link TorchRunner#lossAndBackward}. */
    LossSum lossAndBackward(TokenBatch batch, int[][] labels, double divisor) {
        for (var own : others) {
            for (var parameter : own.all()) parameter.value().requiresGrad(weights.get(parameter.name()).value().requiresGrad());
        }
        var loss = each(batch, i -> share(i).lossAndBackward(part(batch, i), part(batch, labels, i), divisor));
        addGradients();
        return loss;
    }

    /** As {@link TorchRunner#loss}. */
    LossSum loss(TokenBatch batch, int[][] labels) {
        return each(batch, i -> share(i).loss(part(batch, i), part(batch, labels, i)));
    }

    private LossSum each(TokenBatch batch, IntFunction<LossSum> pass) {
        var losses = new LossSum[shares(batch)];
        workers.run(IntStream.range(0, losses.length).<Runnable>mapToObj(i -> () -> losses[i] = pass.apply(i)).toList());
        return Arrays.stream(losses).reduce(new LossSum(0, 0), LossSum::plus);
    }

    private TorchRunner share(int i) {
        var pass = passes.get(i);
        pass.computeIn(passes.getFirst().computeType());
        return pass;
    }

    private int shares(TokenBatch batch) {
        return Math.min(workers.size(), batch.rows());
    }

    private int start(TokenBatch batch, int share) {
        return (int) ((long) batch.rows() * share / shares(batch));
    }

    private TokenBatch part(TokenBatch batch, int share) {
        return batch.rows(start(batch, share), start(batch, share + 1));
    }

    private int[][] part(TokenBatch batch, int[][] labels, int share) {
        return Arrays.copyOfRange(labels, start(batch, share), start(batch, share + 1));
    }

    /** Every worker adds up some of the parameters. */
    private void addGradients() {
        var all = List.copyOf(weights.all());
        workers.run(IntStream.range(0, workers.size()).<Runnable>mapToObj(worker -> () -> {
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                for (int i = worker; i < all.size(); i += workers.size()) addGradients(all.get(i));
            }
        }).toList());
    }

    private void addGradients(Parameter parameter) {
        for (var own : others) {
            var part = own.get(parameter.name()).value();
            if (!part.hasGrad()) continue;
            parameter.value().accumulateGrad(part.grad());
            part.clearGrad();
        }
    }

    @Override
    public void close() {
        workers.close();
        others.forEach(Parameters::close);
    }
}
