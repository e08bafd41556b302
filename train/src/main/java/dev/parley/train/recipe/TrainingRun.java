package dev.parley.train.recipe;

import static dev.parley.train.TrainingSettings.OUTPUT_DIR;

import dev.parley.data.Dataset;
import dev.parley.data.TrainingData;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A recipe that is ready to run: the model is in memory and the data are read.
 *
 * <pre>{@code
 * try (var run = recipe.open()) {
 *     run.trainer().onEvent(System.out::println);
 *     run.run();
 * }
 * }</pre>
 *
 * @param train the rows of the training set
 * @param data where they come from
 */
public record TrainingRun(Stage stage, TrainableLM model, Tokenizer tokenizer, TrainingArguments arguments, Dataset train,
        TrainingData data,
        Trainer trainer) implements AutoCloseable {

    static TrainingRun of(Stage stage, TrainableLM model, Tokenizer tokenizer, TrainingArguments arguments, Dataset train,
            TrainingData data, Optional<Dataset> eval) {
        var trainer = eval.map(rows -> new Trainer(model, arguments, train, rows)).orElseGet(() -> new Trainer(model, arguments, train));
        return new TrainingRun(stage, model, tokenizer, arguments, train, data, trainer.withTokenizer(tokenizer));
    }

    /** Trains, and unless it was interrupted writes the model to {@code output_dir}. */
    public Trainer.TrainOutput run() throws IOException {
        var output = trainer.train();
        if (!output.interrupted()) save(arguments.get(OUTPUT_DIR));
        return output;
    }

    /** How many rows the training set has. */
    public int rows() {
        return train.size();
    }

    /** Writes the model, the tokenizer, the token that ends an answer, and what was trained on. */
    public void save(Path folder) throws IOException {
        trainer.saveModel(folder);
        var ends = tokenizer.eosTokenId().stream().boxed().toList();
        GenerationConfig.DEFAULT.withStops(ends, List.of()).write(folder);
        data.write(folder, train, tokenizer);
    }

    /** Frees the model. */
    @Override
    public void close() {
        model.close();
    }
}
