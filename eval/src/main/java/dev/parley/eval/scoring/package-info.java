/**
 * How likely a model finds continuations of texts: the ground of likelihood tasks, bias suites and probes. Start with
 * {@link dev.parley.eval.scoring.Scorer}; {@link dev.parley.eval.scoring.ContinuationEncoder} makes tokens of texts.
 *
 * <pre>{@code
 * var encoder = new ContinuationEncoder(tokenizer, model.config());
 * try (var scorer = Scorer.of(model)) {
 *     var scores = scorer.logprobs(List.of(encoder.pair("", "She is a nurse."), encoder.pair("", "He is a nurse.")));
 *     double ratio = scores.get(0).sum() - scores.get(1).sum();
 * }
 * }</pre>
 */
package dev.parley.eval.scoring;
