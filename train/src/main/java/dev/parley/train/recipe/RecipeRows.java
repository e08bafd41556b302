package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import java.util.Optional;

/** What a recipe trains and evaluates on. */
record RecipeRows(Dataset train, Optional<Dataset> eval) {}
