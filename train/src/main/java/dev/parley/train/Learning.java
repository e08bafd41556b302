package dev.parley.train;

import dev.parley.data.Examples;
import dev.parley.model.TrainingExample;
import dev.parley.torch.TrainableLM;
import dev.parley.train.objective.Objective;
import dev.parley.train.objective.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a run learns, from what and by which method: the part of a {@link Trainer} that knows the kind of its examples.
 *
 * @param <E> an example
 */
record Learning<E extends TrainingExample>(Objective<E> objective, Examples<E> train, Optional<? extends Examples<E>> held,
        BatchPlan<E> plan) {

    private static final int MOST_NAMED = 20;

    static <E extends TrainingExample> Learning<E> of(Objective<E> objective, Examples<E> train, Optional<? extends Examples<E>> held,
            TrainingArguments arguments) {
        if (train.size() == 0) throw new TrainingException("The training set is empty.");
        if (held.isPresent() && held.get().size() == 0) throw new TrainingException("The evaluation set is empty.");
        return new Learning<>(objective, train, held, new BatchPlan<>(train, arguments, objective.stepsPerBatch()));
    }

    /** The same training without an evaluation. */
    Learning<E> withoutEvaluation(TrainingArguments arguments) {
        return of(objective, train, Optional.empty(), arguments);
    }

    /** What the passes of a step came to. @param tokens read, padding not counted */
    record Passes(Tally tally, long tokens) {}

    /** The passes of a step; steps are numbered from 0. */
    Passes step(TrainableLM model, long number, List<List<E>> batches) {
        var tally = objective.step(model, batches);
        if (tally.loss().targets() == 0)
            throw new TrainingException("Step " + number + " has no target: every label is masked; look at the rows' labels.");
        return new Passes(tally, objective.tokens(batches));
    }

    /** In words, the rows of a step whose own loss is not finite; all of the step where each by itself is. */
    String rowsBehind(TrainableLM model, long number, List<List<E>> batches) {
        var numbers = plan.numbers(number);
        var rows = batches.stream().flatMap(List::stream).toList();
        var broken = IntStream.range(0, rows.size())
                .filter(i -> !Double.isFinite(objective.evaluate(model, List.of(rows.get(i))).loss().sum())).toArray();
        if (broken.length == 0 || broken.length == rows.size()) return "the rows " + listed(numbers);
        return "rows of which " + listed(IntStream.of(broken).map(i -> numbers[i]).toArray()) + " alone give no finite loss";
    }

    private static String listed(int[] numbers) {
        var first = IntStream.of(numbers).limit(MOST_NAMED).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return numbers.length <= MOST_NAMED ? first : first + " and " + (numbers.length - MOST_NAMED) + " more";
    }

    /** What the held-out examples come to; nothing where there are none, or it was told to stop. */
    Optional<Tally> evaluate(TrainableLM model, int batchSize, BooleanSupplier stop) {
        return held.flatMap(examples -> evaluate(objective, model, examples, batchSize, stop));
    }

    /** @return nothing if it was told to stop */
    static <E extends TrainingExample> Optional<Tally> evaluate(Objective<E> objective, TrainableLM model, Examples<E> examples,
            int batchSize, BooleanSupplier stop) {
        var tally = Tally.NONE;
        for (int start = 0; start < examples.size(); start += batchSize) {
            if (stop.getAsBoolean()) return Optional.empty();
            var batch = new ArrayList<E>();
            for (int i = start; i < Math.min(examples.size(), start + batchSize); i++) batch.add(examples.get(i));
            tally = tally.plus(objective.evaluate(model, batch));
        }
        if (tally.loss().targets() == 0) throw new TrainingException("The evaluation set has no target: every label is masked.");
        return Optional.of(tally);
    }
}
