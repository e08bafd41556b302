/**
 * What a run shows: before it, {@link dev.parley.train.report.TrainingPlan}; while it works,
 * {@link dev.parley.train.report.TrainingReport},
 * which is where to start reading. It hears a trainer's events and keeps three things up to date in the output folder: the file of numbers
 * {@code metrics.jsonl}, event files for TensorBoard in {@code logs}, and the page {@code report.html}, which a browser shows without a
 * network.
 *
 * <pre>{@code
 * trainer.onEvent(TrainingReport.of(trainer).withSamples(tokenizer, List.of("Once upon a time"), false)).train();
 * }</pre>
 *
 * Everything that is told of a step is a {@code MetricLine}: the files and the page are made of these lines, those of an earlier part of a
 * resumed run among them.
 */
package dev.parley.train.report;
