/**
 * Runs the task files of lm-evaluation-harness as they are. Start with {@link dev.parley.eval.harness.TaskIndex}, which finds tasks and
 * groups by name, and {@link dev.parley.eval.harness.Evaluation}, which runs them.
 *
 * <pre>{@code
 * var suite = TaskIndex.of(List.of(Path.of("lm-evaluation-harness/lm_eval/tasks"))).select(List.of("arc_easy"));
 * var result = Evaluation.of(suite, Evaluation.Options.DEFAULT).run(new ModelResponder(model, tokenizer, settings), (done, all) -> {});
 * }</pre>
 *
 * The way of a sample: {@code Datasets} reads documents; {@code DocumentFields} and {@code PromptBuilder} make text of a document and its
 * examples; {@code HarnessTask} makes {@link dev.parley.eval.harness.Request}s of that; a {@link dev.parley.eval.harness.Respondent}
 * answers; {@code FilterPipeline} makes answers of responses, {@code SampleScores} numbers of answers, and
 * {@link dev.parley.eval.metrics} figures of numbers. A Python function in a task file runs where {@code StandIns} has a replacement
 * for it, and is an error that names it where not.
 */
package dev.parley.eval.harness;
