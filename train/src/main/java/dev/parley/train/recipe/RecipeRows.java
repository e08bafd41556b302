package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a recipe trains and evaluates on. */
record RecipeRows(Dataset train, Optional<Dataset> eval) {

    /** Tokens to train on. */
    long tokens() {
        return IntStream.range(0, train.size()).mapToLong(train::rowLength).sum();
    }
}
