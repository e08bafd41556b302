package dev.parley.train.recipe;

import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a stage is given to read its data by.
 *
 * @param models finds models that the recipe names
 * @param made rows made by code, which take the place of files
 * @param length tokens of a row at most
 * @param notes hears what is worth knowing
 */
record StageInput(RecipeText text, ModelFinder models, Optional<RecipeRows> made, Tokenizer tokenizer, int length,
        Consumer<String> notes) {

    /** What is trained on. */
    List<Path> trainFiles() {
        return files("train_files");
    }

    /** What is evaluated on; empty where there is nothing. */
    List<Path> evalFiles() {
        return text.has("eval_files") ? files("eval_files") : List.of();
    }

    private List<Path> files(String key) {
        if (made.isPresent()) throw text.wrong("stage", "stage " + TrainingStage.of(text).label() + " reads files, not rows made by code.");
        return text.files(key);
    }

    /** Reads conversations as the recipe says. */
    ChatTrainingFiles chats() {
        return new ChatTrainingFiles(ChatSettings.read(text), tokenizer, length, notes);
    }

    /** The folder of the model that the run goes on from; empty for a new one. */
    Optional<Path> base() {
        var model = text.keys().path("model");
        return model.isTextual() ? Optional.of(models.model(model.asText())) : Optional.empty();
    }
}
