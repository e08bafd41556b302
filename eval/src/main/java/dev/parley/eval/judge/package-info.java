/**
 * Judges of answers, and how far to trust them. Start with {@link dev.parley.eval.judge.Judge}, a model that reads answers and gives
 * verdicts; {@link dev.parley.eval.judge.Agreement} says how well it agrees with people, {@link dev.parley.eval.judge.BradleyTerry} ranks
 * models by which of two answers was liked better.
 *
 * <pre>{@code
 * var verdicts = judge.verdicts(items);
 * var agreement = Agreement.of(labels, verdicts);              // kappa with its interval
 * var ranking = BradleyTerry.of(choices, 1000, 1);
 * }</pre>
 */
package dev.parley.eval.judge;
