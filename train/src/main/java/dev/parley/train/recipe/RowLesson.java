package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.TrainingData;
import dev.parley.data.shards.Shards;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.objective.NextToken;
import dev.parley.train.objective.Objective;
import dev.parley.train.report.DataMix;
import java.io.IOException;
import java.util.List;

/**
 * Rows whose targets are learned, each as likely as it can be, or as a teacher thinks it.
 *
 * @param kind how the files are read in which passages are found again
 */
record RowLesson(RecipeRows read, TrainingData.Kind kind, StageInput input) implements Lesson {

    @Override
    public Dataset rows() {
        return read.train();
    }

    @Override
    public Trainer trainer(TrainableLM model, TrainingArguments arguments) {
        var objective = Teacher.of(input.text(), input.models()).<Objective<TrainingRow>>map(t -> t.objective(model, arguments))
                .orElseGet(NextToken::new);
        try {
            return Trainer.of(model, arguments, objective, read.train(), read.eval()).withTrainingData(data(), input.tokenizer());
        } catch (RuntimeException | Error e) {
            objective.close();
            throw e;
        }
    }

    private TrainingData data() {
        if (input.made().isPresent() || Shards.areIn(input.trainFiles().getFirst())) return TrainingData.ofRows(input.base());
        return new TrainingData(kind, input.trainFiles(), input.base());
    }

    @Override
    public List<String> prompts() {
        if (kind == TrainingData.Kind.CHATS) return SamplePrompts.QUESTIONS;
        return SamplePrompts.beginnings(read.eval().orElse(read.train()), input.tokenizer());
    }

    @Override
    public DataMix mix() throws IOException {
        return input.made().isPresent() ? DataMix.UNKNOWN : DataMix.ofFiles(input.trainFiles());
    }
}
