package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.report.DataMix;
import java.io.IOException;
import java.util.List;

/** What a stage has read, ready to be learned. */
interface Lesson {

    /** What is trained on, as rows: those of one example one after the other. */
    Dataset rows();

    /** What teaches it to a model. */
    Trainer trainer(TrainableLM model, TrainingArguments arguments) throws IOException;

    /** What the report asks of the model where the recipe names no prompts. */
    default List<String> prompts() {
        return SamplePrompts.QUESTIONS;
    }

    /** What the data is made of. */
    default DataMix mix() throws IOException {
        return DataMix.UNKNOWN;
    }

    /** Tokens to train on. */
    default long tokens() {
        var rows = rows();
        var tokens = 0L;
        for (int i = 0; i < rows.size(); i++) tokens += rows.rowLength(i);
        return tokens;
    }
}
