package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A pass forward through one network, whose way back is open: autograd keeps what it needs of the layers, or a {@link Recomputation}
 * only what goes into them, and of the head only what it reads is kept, so that scores are made anew on the way back. {@link #close()}
 * frees all.
 */
final class RecordedPass implements AutoCloseable {

    private final Transformer network;
    private final TrainingBatch batch;
    private final DType computeType;
    private final Tensor leaf; // (B, T, C)
    private final Tensor hidden; // (B, T, C)
    private final Optional<Recomputation> recomputation;
    private boolean isOver;

    RecordedPass(Transformer network, TrainingBatch batch, DType computeType) {
        this.network = network;
        this.batch = batch;
        this.computeType = computeType;
        try (var scope = Scope.open()) {
            leaf = network.leaf(batch);
            recomputation = network.recomputes(computeType) ? Optional.of(new Recomputation(network, batch, computeType))
                    : Optional.empty();
            hidden = Scope.detach(recomputation.isPresent() ? recomputation.get().forward(leaf)
                    : network.forward(leaf, network.learning(batch, computeType, network.dropouts())));
            Scope.detach(leaf); // last: nothing above may fail and leave it behind
        }
    }

    /** ln p of each target, in their order. */
    double[] logprobs() {
        if (batch.targets().length == 0) return new double[0];
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return Transformer.logprobs(network.nextTokenLoss(batch, computeType).each(hidden));
        }
    }

    /** Goes back with dL/d ln p of each target. @return -ln p of each */
    double[] backward(double[] weights) {
        return back(() -> network.nextTokenLoss(batch, computeType).backward(hidden, network.learningHead(), weights));
    }

    /** Goes back with a teacher's loss. @param first of the teacher's targets that is the first here */
    SoftSum backward(SoftTargets teacher, int first, SoftLoss loss, double divisor) {
        return back(
                () -> network.softTargetLoss(batch, computeType, teacher, first, loss).backward(hidden, network.learningHead(), divisor));
    }

    private <T> T back(Supplier<T> fromHead) {
        if (isOver) throw new IllegalStateException("A pass goes back once: make another.");
        isOver = true;
        try (var scope = Scope.open()) {
            var loss = fromHead.get();
            recomputation.ifPresent(Recomputation::backward);
            network.addEmbeddingGradient(batch, leaf);
            return loss;
        }
    }

    @Override
    public void close() {
        recomputation.ifPresent(Recomputation::close);
        hidden.close();
        leaf.close();
    }
}
