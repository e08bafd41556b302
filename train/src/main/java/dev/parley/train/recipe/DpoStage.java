package dev.parley.train.recipe;

import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.train.objective.Dpo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads pairs of a better answer and a worse one, and learns to prefer the better. */
final class DpoStage implements StageMethod {

    @Override
    public List<RecipeKey> keys() {
        return List.of(JudgedAnswers.BETA,
                JudgedAnswers.LOSS_TYPE,
                RecipeKey.number("label_smoothing", value -> value >= 0 && value < 0.5, "number ≥ 0, < 0.5", "0",
                        "`dpo`: how likely a pair is the wrong way round."));
    }

    @Override
    public boolean comparesWithItsBeginning() {
        return true;
    }

    @Override
    public Lesson read(StageInput input) throws IOException {
        var pairs = pairs(input.chats(), input.trainFiles());
        var held = input.evalFiles().isEmpty() ? List.<PairRows>of() : pairs(input.chats(), input.evalFiles());
        return new ObjectiveLesson<>(new Dpo(settings(input.text()), pairs, held), pairs, held);
    }

    private static List<PairRows> pairs(ChatTrainingFiles chats, List<Path> files) throws IOException {
        var rows = new PreferenceRows(chats.chatRows());
        return JudgedAnswers.fitting(chats, files, chats.all(files, PreferencePair.class, rows::pair));
    }

    private static Dpo.Settings settings(RecipeText text) {
        var byDefault = Dpo.Settings.DEFAULT;
        return new Dpo.Settings(JudgedAnswers.beta(text, byDefault.beta()),
                JudgedAnswers.dpoLoss(text),
                text.number("label_smoothing", byDefault.labelSmoothing()));
    }
}
