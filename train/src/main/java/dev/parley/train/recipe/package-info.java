/**
 * Recipes: a training run in a YAML file. {@link dev.parley.train.recipe.Recipe} is where to start: it reads the data by the
 * {@code StageMethod} of its {@link dev.parley.train.recipe.TrainingStage}, which gives a {@code Lesson}, and opens its
 * {@code RecipeModel}. What comes of both is a {@link dev.parley.train.Trainer}. A new stage is one class and one entry of the enum.
 *
 * <pre>{@code
 * Recipe.read(Path.of("recipes/quickstart.yaml")).with("output_dir", "my-base").run(System.out::println);
 * }</pre>
 */
package dev.parley.train.recipe;
