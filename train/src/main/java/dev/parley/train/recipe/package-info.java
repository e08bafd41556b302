/**
 * Recipes: a training run in a YAML file. {@link dev.parley.train.recipe.Recipe} is where to start; {@code NewModel} is the shape of
 * a model that begins from nothing, and {@code TextRows} and {@code ChatTrainingFiles} make rows of texts and conversations. What comes of it is a
 * {@link dev.parley.train.Trainer}.
 *
 * <pre>{@code
 * Recipe.read(Path.of("recipes/quickstart.yaml")).with("output_dir", "my-base").run(System.out::println);
 * }</pre>
 */
package dev.parley.train.recipe;
