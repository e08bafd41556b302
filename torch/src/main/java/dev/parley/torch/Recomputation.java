package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers of a pass of which only what goes into each is kept: on the way back each runs again, with the dropout that it had, and only
 * its own record is in memory then. Chen et al. 2016 (arXiv:1604.06174), gradient checkpointing.
 */
final class Recomputation implements AutoCloseable {

    private final Transformer network;
    private final TrainingBatch batch;
    private final DType computeType;
    private final List<Tensor> kept = new ArrayList<>(); // all that must be freed
    private final List<Tensor> inputs = new ArrayList<>(); // of each block, (B, T, C)
    private final List<Long> drawn = new ArrayList<>(); // of the dropouts, before each block
    private final Dropouts dropouts;
    private Tensor placed; // what goes into the first, recorded
    private Tensor last; // what comes out of the last

    Recomputation(Transformer network, TrainingBatch batch, DType computeType) {
        this.network = network;
        this.batch = batch;
        this.computeType = computeType;
        dropouts = network.dropouts();
    }

    /** As {@link Transformer#forward}: what the head reads, recorded from the last block on. */
    Tensor forward(Tensor leaf) {
        var pass = network.learning(batch, computeType, dropouts);
        placed = keep(network.placed(leaf, pass));
        var x = keep(placed.detach());
        try (var noGrad = NoGrad.open()) {
            for (var block : network.blocks()) {
                inputs.add(x);
                drawn.add(dropouts.drawn());
                x = keep(block.forward(x, pass, null));
            }
        }
        last = x.requiresGrad(true);
        return network.normed(last, pass);
    }

    private Tensor keep(Tensor tensor) {
        kept.add(Scope.detach(tensor));
        return tensor;
    }

    /** From the gradient that arrived behind the last block to that of the embeddings. */
    void backward() {
        if (!last.hasGrad()) return; // there was no target
        try (var scope = Scope.open()) {
            var pass = network.learning(batch, computeType, dropouts);
            var gradient = last.grad();
            for (int i = inputs.size() - 1; i >= 0; i--) {
                dropouts.goBackTo(drawn.get(i));
                gradient = through(network.blocks().get(i), inputs.get(i), gradient, pass);
            }
            if (placed.requiresGrad()) placed.backward(gradient);
        }
    }

    private static Tensor through(Block block, Tensor input, Tensor gradient, ForwardContext pass) {
        try (var scope = Scope.open()) {
            var x = input.detach().requiresGrad(true);
            block.forward(x, pass, null).backward(gradient);
            return scope.keep(x.grad().detach()); // the gradient itself goes with its leaf
        }
    }

    @Override
    public void close() {
        kept.forEach(Tensor::close);
        kept.clear();
    }
}
