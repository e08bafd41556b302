package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.Examples;
import dev.parley.model.TrainingExample;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.objective.Objective;
import java.util.List;
import java.util.Optional;

/**
 * Examples that are learned by a method of their own.
 *
 * @param held evaluated on; none for no evaluation
 */
record ObjectiveLesson<E extends TrainingExample>(Objective<E> objective, List<E> train, List<E> held) implements Lesson {

    @Override
    public Dataset rows() {
        return Dataset.of(train.stream().flatMap(example -> example.rows().stream()).toList());
    }

    @Override
    public Trainer trainer(TrainableLM model, TrainingArguments arguments) {
        return Trainer.of(model, arguments, objective, Examples.of(train),
                held.isEmpty() ? Optional.<Examples<E>>empty() : Optional.of(Examples.of(held)));
    }
}
