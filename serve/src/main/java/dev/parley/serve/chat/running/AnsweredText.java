package dev.parley.serve.chat.running;

import dev.parley.serve.models.ServedModel;
import java.util.function.Function;

/**
 * An answer, as its model was asked for it and gave it.
 *
 * @param model its name
 * @param ofAssistant whether the model was given an assistant's instructions, which not everyone may read
 * @param tokens made for the model once it is in memory
 */
public record AnsweredText(String model, boolean ofAssistant, Function<ServedModel, Tokens> tokens) {

    /** What the model was given, and gave. */
    public record Tokens(int[] prompt, int[] answer) {}

    /** The tokens for this model. */
    public Tokens in(ServedModel model) {
        return tokens.apply(model);
    }
}
