/**
 * Whether a model refuses what it must and answers what it may. Start with {@link dev.parley.eval.safety.RefusalSuite}, whose requests
 * come with Parley, in English and Chinese; {@link dev.parley.eval.safety.RefusalJudge} says what a refusal is.
 *
 * <pre>{@code
 * List<BiasFigure> figures = RefusalSuite.ours().figures(answers, new RefusalJudge());
 * }</pre>
 */
package dev.parley.eval.safety;
