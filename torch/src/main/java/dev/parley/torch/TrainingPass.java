package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A pass of training in two halves: out come the log-probabilities of the targets, and back in goes a weight for each, dL/d ln p. What an
 * objective makes of the first decides the second: -1/n for the plain loss over n targets.
 *
 * <pre>{@code
 * try (var pass = model.pass(batch)) {
 *     var logprobs = pass.logprobs();                 // ln p of each of batch.targets()
 *     pass.backward(weights(logprobs));               // gradients are added to those of the parameters
 * }
 * }</pre>
 *
 * Between the two halves the weights of the model must not change.
 */
public final class TrainingPass implements AutoCloseable {

    private final List<RecordedPass> shares = new ArrayList<>(); // of the rows, in their order
    private final Optional<Workers> workers;
    private final int[] ends; // of the targets of each share
    private Optional<double[]> logprobs = Optional.empty();

    /**
     * @param networks one for each share of the rows
     * @param workers one for each network, which goes forward and back in it; empty for this thread
     */
    TrainingPass(List<Transformer> networks, Optional<Workers> workers, TrainingBatch batch, DType computeType) {
        this.workers = workers;
        var batches = networks.size() == 1 ? List.of(batch) : batch.shares(networks.size());
        ends = batches.stream().mapToInt(share -> share.targets().length).toArray();
        Arrays.parallelPrefix(ends, Integer::sum);
        var made = new RecordedPass[batches.size()];
        try {
            run(i -> made[i] = new RecordedPass(networks.get(i), batches.get(i), computeType));
        } catch (RuntimeException | Error e) {
            for (var share : made) if (share != null) share.close();
            throw e;
        }
        shares.addAll(Arrays.asList(made));
    }

    private interface Work {
        void on(int share);
    }

    private void run(Work work) {
        if (workers.isEmpty()) {
            for (int i = 0; i < ends.length; i++) work.on(i);
            return;
        }
        workers.get().run(IntStream.range(0, ends.length).<Runnable>mapToObj(i -> () -> work.on(i)).toList());
    }

    private int begin(int share) {
        return share == 0 ? 0 : ends[share - 1];
    }

    private int targets() {
        return ends[ends.length - 1];
    }

    /** ln p of each target, in the order of the batch's, by a softmax in float32. */
    public double[] logprobs() {
        if (logprobs.isEmpty()) {
            var all = new double[targets()];
            run(i -> System.arraycopy(shares.get(i).logprobs(), 0, all, begin(i), ends[i] - begin(i)));
            logprobs = Optional.of(all);
        }
        return logprobs.get().clone();
    }

    /**
     * Adds to the gradients of the parameters what the weights ask for. A pass goes back once.
     *
     * @param weights dL/d ln p of each target, in the order of the batch's
     */
    public void backward(double[] weights) {
        if (weights.length != targets())
            throw new IllegalArgumentException(weights.length + " weights do not fit " + targets() + " targets.");
        run(i -> shares.get(i).backward(Arrays.copyOfRange(weights, begin(i), ends[i])));
    }

    /**
     * Adds to the gradients of the parameters that of a teacher's loss, divided by the divisor. A pass goes back once.
     *
     * @param teacher of the same batch
     * @param divisor targets of the whole step, so that several passes give what one large one would
     * @throws ModelException if the teacher has another vocabulary
     */
    public SoftSum backward(SoftTargets teacher, SoftLoss loss, double divisor) {
        var sums = new SoftSum[ends.length];
        run(i -> sums[i] = shares.get(i).backward(teacher, begin(i), loss, divisor));
        return Arrays.stream(sums).reduce(SoftSum.NONE, SoftSum::plus);
    }

    /** Frees what was kept for the way back. */
    @Override
    public void close() {
        shares.forEach(RecordedPass::close);
        shares.clear();
    }
}
