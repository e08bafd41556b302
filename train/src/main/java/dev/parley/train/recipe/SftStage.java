package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.TrainingData;
import java.io.IOException;
import java.util.Optional;

/** Reads conversations, and learns what the assistant says in them. */
final class SftStage implements StageMethod {

    @Override
    public Lesson read(StageInput input) throws IOException {
        return new RowLesson(input.made().isPresent() ? input.made().get() : rows(input), TrainingData.Kind.CHATS, input);
    }

    private static RecipeRows rows(StageInput input) throws IOException {
        var held = input.evalFiles();
        return new RecipeRows(input.chats().packed(input.trainFiles()),
                held.isEmpty() ? Optional.<Dataset>empty() : Optional.of(input.chats().packed(held)));
    }
}
