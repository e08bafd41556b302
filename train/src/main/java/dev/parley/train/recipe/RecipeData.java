package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.tokenizer.Tokenizer;

/**
 * What a recipe trains on.
 *
 * @param train rows, in which several documents may share one
 * @param length tokens of a row at most
 */
public record RecipeData(Tokenizer tokenizer, Dataset train, int length) {}
