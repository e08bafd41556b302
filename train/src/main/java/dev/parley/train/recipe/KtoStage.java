package dev.parley.train.recipe;

import dev.parley.data.chat.PreferenceRows;
import dev.parley.model.TrainingRow;
import dev.parley.train.objective.Kto;
import dev.parley.train.objective.Thumb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads answers with a thumb up or down, and learns to prefer the former. */
final class KtoStage implements StageMethod {

    @Override
    public List<RecipeKey> keys() {
        return List.of(JudgedAnswers.BETA,
                RecipeKey.number("desirable_weight", value -> value >= 0, "number ≥ 0", "1", "`kto`: how much thumbs up weigh."),
                RecipeKey.number("undesirable_weight", value -> value >= 0, "number ≥ 0", "1", "`kto`: how much thumbs down weigh."));
    }

    @Override
    public boolean comparesWithItsBeginning() {
        return true;
    }

    @Override
    public Lesson read(StageInput input) throws IOException {
        var thumbs = thumbs(input.chats(), input.trainFiles());
        var held = input.evalFiles().isEmpty() ? List.<Thumb>of() : thumbs(input.chats(), input.evalFiles());
        return new ObjectiveLesson<>(new Kto(settings(input.text()), thumbs, held), thumbs, held);
    }

    private static List<Thumb> thumbs(ChatTrainingFiles chats, List<Path> files) throws IOException {
        record Rated(TrainingRow row, boolean good) {}
        var rows = new PreferenceRows(chats.chatRows());
        var rated = JudgedAnswers.fitting(chats, files,
                chats.thumbs(files, answer -> rows.rated(answer).map(row -> new Rated(row, answer.good()))));
        return Thumb.of(rated.stream().map(Rated::row).toList(), rated.stream().map(Rated::good).toList(), chats.length());
    }

    private static Kto.Settings settings(RecipeText text) {
        var byDefault = Kto.Settings.DEFAULT;
        return new Kto.Settings(JudgedAnswers.beta(text, byDefault.beta()), text.number("desirable_weight", byDefault.desirableWeight()),
                text.number("undesirable_weight", byDefault.undesirableWeight()));
    }
}
