package dev.parley.train.recipe;

import java.io.IOException;
import java.util.List;

/**
 * How a stage of a recipe works: what it reads, and what teaches it. A new stage is a class of this kind and an entry of
 * {@link TrainingStage}.
 *
 * <pre>{@code
 * public Lesson read(StageInput input) throws IOException {
 *     var pairs = pairs(input.chats(), input.trainFiles());
 *     return new ObjectiveLesson<>(new Dpo(settings(input.text()), pairs, List.of()), pairs, List.of());
 * }
 * }</pre>
 */
interface StageMethod {

    /** The keys that a recipe has for this stage and not for all. One that several stages share is one and the same. */
    default List<RecipeKey> keys() {
        return List.of();
    }

    /** Whether it is about conversations, which takes a chat template; else it is about texts. */
    default boolean isChat() {
        return true;
    }

    /** Whether it compares a model with what it was, so that it goes on from one, in which nothing is dropped unless the recipe says so. */
    default boolean comparesWithItsBeginning() {
        return false;
    }

    /**
     * Reads what the recipe names. The model is not there yet.
     *
     * @throws IllegalArgumentException naming what is wrong with the files or the keys
     */
    Lesson read(StageInput input) throws IOException;
}
