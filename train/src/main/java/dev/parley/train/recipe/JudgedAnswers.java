package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.Examples;
import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.objective.Dpo;
import dev.parley.train.objective.DpoLoss;
import dev.parley.train.objective.Kto;
import dev.parley.train.objective.Objective;
import dev.parley.train.objective.Thumb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stages of a recipe that learn from judged answers: {@code dpo} from pairs, {@code kto} from thumbs. */
record JudgedAnswers(JsonNode keys, ChatTrainingFiles files) {

    /** The keys that only these stages have, as TRL names them. */
    static final List<RecipeKey> KEYS = List.of(
            RecipeKey.number("beta", value -> value > 0, "number > 0", "0.1",
                    "`dpo`, `kto`: how dear it is to move away from the model as it began."),
            RecipeKey.oneOf("loss_type", RecipeKey.labels(DpoLoss.values(), DpoLoss::label), "sigmoid", "`dpo`: the loss of a pair."),
            RecipeKey.number("label_smoothing", value -> value >= 0 && value < 0.5, "number ≥ 0, < 0.5", "0",
                    "`dpo`: how likely a pair is the wrong way round."),
            RecipeKey.number("desirable_weight", value -> value >= 0, "number ≥ 0", "1", "`kto`: how much thumbs up weigh."),
            RecipeKey.number("undesirable_weight", value -> value >= 0, "number ≥ 0", "1", "`kto`: how much thumbs down weigh."));

    /** What teaches a model by a stage. @param eval no files for no evaluation */
    Trainer trainer(Recipe.Stage stage, TrainableLM model, TrainingArguments arguments, List<Path> train, List<Path> eval)
            throws IOException {
        if (stage == Recipe.Stage.DPO) {
            List<PairRows> pairs = pairs(train), held = eval.isEmpty() ? List.of() : pairs(eval);
            return trainer(model, arguments, new Dpo(dpo(), pairs, held), pairs, held);
        }
        List<Thumb> thumbs = thumbs(train), held = eval.isEmpty() ? List.of() : thumbs(eval);
        return trainer(model, arguments, new Kto(kto(), thumbs, held), thumbs, held);
    }

    private static <E extends TrainingExample> Trainer trainer(TrainableLM model, TrainingArguments arguments, Objective<E> objective,
            List<E> train, List<E> held) {
        return Trainer.of(model, arguments, objective, Examples.of(train),
                held.isEmpty() ? Optional.<Examples<E>>empty() : Optional.of(Examples.of(held)));
    }

    /** The rows that a stage reads, one after the other. */
    List<TrainingRow> rows(Recipe.Stage stage, List<Path> train) throws IOException {
        var examples = stage == Recipe.Stage.DPO ? pairs(train) : thumbs(train);
        return examples.stream().flatMap(example -> example.rows().stream()).toList();
    }

    private Dpo.Settings dpo() {
        return new Dpo.Settings(keys.path("beta").asDouble(Dpo.Settings.DEFAULT.beta()),
                DpoLoss.named(keys.path("loss_type").asText(Dpo.Settings.DEFAULT.lossType().label())),
                keys.path("label_smoothing").asDouble());
    }

    private Kto.Settings kto() {
        return new Kto.Settings(keys.path("beta").asDouble(Kto.Settings.DEFAULT.beta()), keys.path("desirable_weight").asDouble(1),
                keys.path("undesirable_weight").asDouble(1));
    }

    private List<PairRows> pairs(List<Path> from) throws IOException {
        var rows = new PreferenceRows(files.chatRows());
        return fitting(from, files.all(from, PreferencePair.class, rows::pair));
    }

    private List<Thumb> thumbs(List<Path> from) throws IOException {
        record Rated(TrainingRow row, boolean good) {}
        var rows = new PreferenceRows(files.chatRows());
        var rated = fitting(from, files.thumbs(from, answer -> rows.rated(answer).map(row -> new Rated(row, answer.good()))));
        return Thumb.of(rated.stream().map(Rated::row).toList(), rated.stream().map(Rated::good).toList(), files.length());
    }

    private <T> List<T> fitting(List<Path> from, List<Optional<T>> made) {
        var fitting = new ArrayList<T>();
        made.forEach(example -> example.ifPresent(fitting::add));
        if (fitting.size() < made.size()) {
            files.notes().accept((made.size() - fitting.size()) + " of " + made.size() + " are longer than " + files.length()
                    + " tokens and are left out.");
        }
        if (fitting.isEmpty()) throw new IllegalArgumentException(from + ": no judged answer fits into " + files.length() + " tokens.");
        return fitting;
    }
}
