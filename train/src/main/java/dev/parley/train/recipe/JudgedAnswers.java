package dev.parley.train.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the stages have in common that learn from judged answers. */
final class JudgedAnswers {

    static final RecipeKey BETA = RecipeKey.number("beta", value -> value > 0, "number > 0", "0.1",
            "`dpo`, `kto`: how dear it is to move away from the model as it began.");

    private JudgedAnswers() {}

    /** Those that were made; how many were too long is told. */
    static <T> List<T> fitting(ChatTrainingFiles chats, List<Path> from, List<Optional<T>> made) {
        var fitting = new ArrayList<T>();
        made.forEach(example -> example.ifPresent(fitting::add));
        if (fitting.size() < made.size()) {
            chats.notes().accept((made.size() - fitting.size()) + " of " + made.size() + " are longer than " + chats.length()
                    + " tokens and are left out.");
        }
        if (fitting.isEmpty()) throw new IllegalArgumentException(from + ": no judged answer fits into " + chats.length() + " tokens.");
        return fitting;
    }
}
