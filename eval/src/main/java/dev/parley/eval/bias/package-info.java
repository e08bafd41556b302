/**
 * What a model takes for granted about people, measured: which of two texts it finds likelier. Start with
 * {@link dev.parley.eval.bias.BiasSuite}: a suite names texts, and makes figures of how likely they are, so that its formulas can also be
 * fed with scores from elsewhere. {@link dev.parley.eval.bias.CrowsPairs} is the simplest.
 *
 * <pre>{@code
 * var suite = CrowsPairs.read(Path.of("crows_pairs_anonymized.csv"));
 * List<BiasFigure> figures = suite.run(model, tokenizer, (done, all) -> {});
 * }</pre>
 */
package dev.parley.eval.bias;
