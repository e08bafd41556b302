package dev.parley.train.objective;

import dev.parley.model.TrainingExample;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Stateful;
import java.util.List;
import java.util.Optional;

/**
 * A method to learn by: what it makes of the log-probabilities of targets decides by which weights these flow back.
 *
 * <pre>{@code
 * public Tally step(TrainableLM model, List<List<Row>> batches) {
 *     var tally = Tally.NONE;
 *     for (var batch : batches) {
 *         try (var pass = model.pass(TrainingBatch.of(batch))) {
 *             var logprobs = pass.logprobs();
 *             pass.backward(weights(logprobs));
 *             tally = tally.plus(Tally.of(loss(logprobs), logprobs.length).with("reward", reward(logprobs), batch.size()));
 *         }
 *     }
 *     return tally;
 * }
 * }</pre>
 *
 * @param <E> an example that it learns from
 */
public interface Objective<E extends TrainingExample> extends AutoCloseable {

    /**
     * The passes of one step of the optimiser: adds to the gradients of the model's parameters. Several batches are to give what one large
     * one would, so that whatever the loss is divided by is counted over all of them first.
     *
     * @param model as the steps before have left it
     * @param batches at least one, of at least one example each
     * @return what it came to; nothing counted if nothing could be learned
     */
    Tally step(TrainableLM model, List<List<E>> batches);

    /**
     * The same loss and metrics of held-out examples, without gradients or dropout.
     *
     * @param batch at least one example
     */
    Tally evaluate(TrainableLM model, List<E> batch);

    /** Tokens that the step over these batches, just made, was about, padding not counted. */
    default long tokens(List<List<E>> batches) {
        return batches.stream().flatMap(List::stream).mapToLong(TrainingExample::tokens).sum();
    }

    /** Steps in a row that are given the same batches; the first of them may make something of these for the others. */
    default int stepsPerBatch() {
        return 1;
    }

    /** What a checkpoint must keep of it beside the model, so that a resumed run is exact; most need nothing. */
    default Optional<Stateful> state() {
        return Optional.empty();
    }

    /** What tells it from others, in words: a run that goes on by another one is told so. */
    String identity();

    /** Frees what it holds beside the model. */
    @Override
    default void close() {}
}
