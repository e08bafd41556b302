package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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
        beginLearning(batch);
        var shares = Math.min(workers.size(), batch.rows());
        return new TrainingPass(networks.subList(0, shares), Optional.of(workers), batch, computeType);
    }

    /** Numbers of dropout are drawn here, in the order of the shares: they must not depend on which worker comes first. */
    private void beginLearning(TrainingBatch batch) {
        for (var own : others) own.learnAs(weights);
        if (!networks.getFirst().hasDropout()) return;
        for (var network : networks.subList(0, Math.min(workers.size(), batch.rows()))) network.seedDropout(RandomState.draw());
    }

    /** As {@link Transformer#lossAndBackward}. */
    LossSum lossAndBackward(TrainingBatch batch, double divisor, DType computeType) {
        beginLearning(batch);
        return sum(each(batch, (network, rows, first) -> network.lossAndBackward(rows, divisor, computeType)));
    }

    /** As {@link Transformer#loss(TrainingBatch, DType)}. */
    LossSum loss(TrainingBatch batch, DType computeType) {
        return sum(each(batch, (network, rows, first) -> network.loss(rows, computeType)));
    }

    private static LossSum sum(List<LossSum> losses) {
        return losses.stream().reduce(new LossSum(0, 0), LossSum::plus);
    }

    /** As {@link Transformer#targetLogprobs}. */
    double[] targetLogprobs(TrainingBatch batch, DType computeType) {
        return each(batch, (network, rows, first) -> network.targetLogprobs(rows, computeType)).stream().flatMapToDouble(Arrays::stream)
                .toArray();
    }

    /** As {@link Transformer#targetVectors}. */
    Tensor targetVectors(TrainingBatch batch, DType computeType) {
        var parts = each(batch, (network, rows, first) -> network.targetVectors(rows, computeType));
        try (var scope = Scope.open()) {
            return Scope.detach(Tensor.cat(0, parts.toArray(Tensor[]::new)));
        } finally {
            parts.forEach(Tensor::close);
        }
    }

    /** As {@link Transformer#loss(TrainingBatch, DType, SoftTargets, int, SoftLoss)}. */
    SoftSum loss(TrainingBatch batch, DType computeType, SoftTargets teacher, SoftLoss loss) {
        return each(batch, (network, rows, first) -> network.loss(rows, computeType, teacher, first, loss)).stream().reduce(SoftSum.NONE,
                SoftSum::plus);
    }

    private interface Work<T> {

        /** @param first target of the whole batch that is the first of these rows */
        T of(Transformer network, TrainingBatch rows, int first);
    }

    /** What becomes of each share of a batch, in their order. */
    private <T> List<T> each(TrainingBatch batch, Work<T> work) {
        var shares = batch.shares(Math.min(workers.size(), batch.rows()));
        var results = new ArrayList<T>(Collections.nCopies(shares.size(), null));
        var tasks = new ArrayList<Runnable>();
        int first = 0;
        for (int i = 0; i < shares.size(); i++) {
            int share = i, begin = first;
            tasks.add(() -> results.set(share, work.of(networks.get(share), shares.get(share), begin)));
            first += shares.get(i).targets().length;
        }
        workers.run(tasks);
        return results;
    }

    @Override
    public void close() {
        workers.close();
        others.forEach(Parameters::close);
    }
}
