package dev.parley.train.recipe;

import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatFormat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.TooLong;
import dev.parley.data.chat.TrainOn;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a recipe's conversations are read and what of them is learned.
 *
 * @param format of every line; where it is empty, each line is told by its keys
 * @param skipBad whether bad lines are counted rather than an error
 */
public record ChatSettings(Optional<ChatFormat> format, boolean skipBad, TrainOn trainOn, TooLong tooLong) {

    /** Lines told by their keys, every one right; all that the assistant says is learned; what is too long is left out. */
    public static final ChatSettings DEFAULT = new ChatSettings(Optional.empty(), false, TrainOn.ASSISTANT, TooLong.LEAVE_OUT);

    /**
     * Those of a recipe.
     *
     * @throws IllegalArgumentException naming a value that is none
     */
    static ChatSettings read(RecipeText recipe) {
        return new ChatSettings(text(recipe, "format").map(ChatFormat::named),
                recipe.flag("skip_bad"),
                text(recipe, "train_on").map(TrainOn::named).orElse(DEFAULT.trainOn()),
                text(recipe, "too_long").map(TooLong::named).orElse(DEFAULT.tooLong()));
    }

    private static Optional<String> text(RecipeText recipe, String key) {
        return recipe.has(key) ? Optional.of(recipe.keys().path(key).asText()) : Optional.empty();
    }

    /** Files that are read so. */
    public ChatFiles files(List<Path> files) {
        return new ChatFiles(files, format, skipBad);
    }

    /** Rows that are made so. */
    public ChatRows rows(Tokenizer tokenizer, ChatTemplate template, int length) {
        return new ChatRows(tokenizer, template, trainOn, length, tooLong);
    }
}
