/**
 * Shows what came of runs. Start with {@link dev.parley.eval.report.ResultJson}, which writes a run's folder;
 * {@link dev.parley.eval.report.ResultTable} is for the terminal.
 *
 * <pre>{@code
 * ResultJson.write(result, folder);                       // results.json, samples_TASK.jsonl
 * ResultTable.of(result).forEach(System.out::println);
 * }</pre>
 */
package dev.parley.eval.report;
