/**
 * Tasks made by code, with which the quickstart teaches and then examines a model: each is a
 * {@link dev.parley.data.tasks.Task} that gives cases to train on, cases that are never trained on, and a judge of answers.
 *
 * <pre>{@code
 * var task = Arithmetic.sumsTo20(HeldOut.PUBLISHED);
 * var example = task.train(new SplittableRandom(1));       // "What is 3 + 5?", "3 + 5 = 8"
 * task.correct(example, "It is 8");                        // true
 * }</pre>
 */
package dev.parley.data.tasks;
