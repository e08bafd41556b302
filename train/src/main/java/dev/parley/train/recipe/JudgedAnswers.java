package dev.parley.train.recipe;

import dev.parley.train.objective.DpoLoss;
import dev.parley.train.objective.GrpoLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the stages have in common that learn from judged answers. */
final class JudgedAnswers {

    static final RecipeKey BETA = RecipeKey.number("beta", value -> value >= 0, "number > 0, `grpo` ≥ 0", "0.1, `grpo` 0",
            "`dpo`, `kto`, `grpo`: how dear it is to move away from the model as it began.");

    static final RecipeKey LOSS_TYPE = RecipeKey.oneOf("loss_type",
            Stream.concat(Arrays.stream(DpoLoss.values()).map(DpoLoss::label), GrpoLoss.labels().stream()).toList(), "sigmoid, `grpo` dapo",
            "`dpo`: the loss of a pair, one of the first three. `grpo`: what the losses of tokens are divided by, one of the others.");

    private JudgedAnswers() {}

    /** Of the stages that cannot do without it. */
    static double beta(RecipeText text, double byDefault) {
        var beta = text.number("beta", byDefault);
        if (beta == 0) throw text.wrong("beta", "beta is 0; it is above 0 but for stage grpo.");
        return beta;
    }

    static DpoLoss dpoLoss(RecipeText text) {
        return lossType(text, DpoLoss::named, DpoLoss.SIGMOID.label());
    }

    static GrpoLoss grpoLoss(RecipeText text) {
        return lossType(text, GrpoLoss::named, GrpoLoss.DAPO.label());
    }

    private static <T> T lossType(RecipeText text, Function<String, T> named, String byDefault) {
        try {
            return named.apply(text.keys().path("loss_type").asText(byDefault));
        } catch (IllegalArgumentException e) {
            throw text.wrong("loss_type", e.getMessage());
        }
    }

    /** Those that were made; how many were too long is told. */
    static <T> List<T> fitting(ChatTrainingFiles chats, List<Path> from, List<Optional<T>> made) {
        var fitting = new ArrayList<T>();
        made.forEach(example -> example.ifPresent(fitting::add));
        if (fitting.size() < made.size()) {
            chats.notes().accept((made.size() - fitting.size()) + " of " + made.size() + " are longer than " + chats.length()
                    + " tokens and are left out.");
        }
        if (fitting.isEmpty()) throw new IllegalArgumentException(from + ": nothing fits into " + chats.length() + " tokens.");
        return fitting;
    }
}
