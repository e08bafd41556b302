package dev.parley.train.recipe;

import dev.parley.data.TrainingData;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Reads texts, and learns the next token of each. */
final class PretrainStage implements StageMethod {

    @Override
    public boolean isChat() {
        return false;
    }

    @Override
    public Lesson read(StageInput input) throws IOException {
        return new RowLesson(input.made().isPresent() ? input.made().get() : rows(input), TrainingData.Kind.TEXTS, input);
    }

    private static RecipeRows rows(StageInput input) throws IOException {
        var keys = input.text().keys();
        var held = input.evalFiles();
        var strategy = PackingStrategy.valueOf(keys.path("packing_strategy").asText("bfd").toUpperCase(Locale.ROOT));
        var validation = held.isEmpty() ? keys.path("validation_split_percentage").asInt() / 100.0 : 0;
        var texts = new TextRows(input.tokenizer(), input.length(), strategy, input.text().flag("document_mask"), validation);
        var read = texts.rows(input.trainFiles());
        return held.isEmpty() ? read : new RecipeRows(read.train(), Optional.of(texts.evaluation(held)));
    }
}
