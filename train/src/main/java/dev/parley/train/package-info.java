/**
 * Training: a model, rows of tokens and {@link dev.parley.train.TrainingArguments} go into a
 * {@link dev.parley.train.Trainer}, and a better model comes out. Start with the Trainer, whose {@code step()} is the
 * recipe in twenty lines: passes forward and back over the micro-batches, the gradient's length, AdamW.
 *
 * <pre>{@code
 * var arguments = TrainingArguments.builder().outputDir(Path.of("out")).maxSteps(1000).learningRate(1e-3).build();
 * var trainer = new Trainer(model, arguments, rows, heldOut).onEvent(System.out::println);
 * trainer.train();
 * trainer.saveModel();
 * }</pre>
 *
 * {@link dev.parley.train.TrainingSettings} is the one list of what can be set; recipes, which set it in YAML, are in
 * {@code dev.parley.train.recipe}. {@code BatchPlan} decides which rows come when, {@link dev.parley.train.LrSchedule} how fast to learn,
 * {@code dev.parley.train.checkpoint} what a run needs to go on exactly where it was.
 * The optimisers are in {@code dev.parley.train.optimizer}, what a run learns by in {@code dev.parley.train.objective}.
 */
package dev.parley.train;
