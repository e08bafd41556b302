/**
 * {@code parley eval}: tasks run on models, and what came of them. Start with {@link dev.parley.cli.eval.EvalCommand}.
 *
 * <pre>{@code
 * ./parley eval run --model my-model --tasks arc_easy --include-path lm_eval/tasks
 * }</pre>
 */
package dev.parley.cli.eval;
