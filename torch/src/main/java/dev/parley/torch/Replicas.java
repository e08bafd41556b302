package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Passes of training, and of scoring, shared out by rows: each share of a batch runs in a worker of its own, on a network
 * over the same weights with gradients of its own; the gradient of a parameter is their sum, in the order of the shares. The
 * numbers depend on how many shares there are, not on which ends first.
 */
final class Replicas implements AutoCloseable {

    private final Parameters weights;
    private final List<Parameters> others = new ArrayList<>();
    private final List<Transformer> networks = new ArrayList<>();
    private final Workers workers;

    /**
     * @param first the model's own network
     * @param weights its parameters, which the first share's gradients are added to
     */
    Replicas(ModelConfig config, Transformer first, Parameters weights, int size) {
        this.weights = weights;
        workers = Workers.start(size);
        networks.add(first);
        for (int i = 1; i < size; i++) {
            var own = Parameters.sharing(config.blueprint().weights(), weights);
            var network = new Transformer(own, config);
            network.recompute(first.recomputesAlways());
            networks.add(network);
            others.add(own);
        }
    }

    /** A pass in as many shares as there are rows and workers for. */
    TrainingPass pass(TrainingBatch batch, DType computeType) {
        beginLearning();
        var shares = Math.min(workers.size(), batch.rows());
        return new TrainingPass(networks.subList(0, shares), Optional.of(workers), batch, computeType);
    }

    private void beginLearning() {
        for (var own : others) own.learnAs(weights);
    }

    /** As {@link Transformer#lossAndBackward}. */
    LossSum lossAndBackward(TrainingBatch batch, double divisor, DType computeType) {
        beginLearning();
        return each(batch, (network, rows) -> network.lossAndBackward(rows, divisor, computeType));
    }

    /** As {@link Transformer#loss}. */
    LossSum loss(TrainingBatch batch, DType computeType) {
        return each(batch, (network, rows) -> network.loss(rows, computeType));
    }

    /** As {@link Transformer#targetLogprobs}. */
    double[] targetLogprobs(TrainingBatch batch, DType computeType) {
        var shares = batch.shares(Math.min(workers.size(), batch.rows()));
        var each = new double[shares.size()][];
        workers.run(IntStream.range(0, each.length)
                .<Runnable>mapToObj(i -> () -> each[i] = networks.get(i).targetLogprobs(shares.get(i), computeType)).toList());
        return Arrays.stream(each).flatMapToDouble(Arrays::stream).toArray();
    }

    private LossSum each(TrainingBatch batch, BiFunction<Transformer, TrainingBatch, LossSum> pass) {
        var shares = batch.shares(Math.min(workers.size(), batch.rows()));
        var losses = new LossSum[shares.size()];
        workers.run(IntStream.range(0, losses.length)
                .<Runnable>mapToObj(i -> () -> losses[i] = pass.apply(networks.get(i), shares.get(i))).toList());
        return Arrays.stream(losses).reduce(new LossSum(0, 0), LossSum::plus);
    }

    @Override
    public void close() {
        workers.close();
        others.forEach(Parameters::close);
    }
}
