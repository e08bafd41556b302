/**
 * Figures of many samples and how sure they are. Start with {@link dev.parley.eval.metrics.Aggregation}, which makes one figure of the
 * samples' numbers, and {@link dev.parley.eval.metrics.StandardErrors}; both follow lm-evaluation-harness to the digit, which
 * {@link dev.parley.eval.metrics.PythonRandom} makes possible where chance comes in.
 *
 * <pre>{@code
 * double f1 = Aggregation.F1.of(samples);                                     // each sample: right label, given label
 * var error = StandardErrors.of(Aggregation.F1, samples, StandardErrors.BOOTSTRAP_ITERATIONS);
 * }</pre>
 */
package dev.parley.eval.metrics;
