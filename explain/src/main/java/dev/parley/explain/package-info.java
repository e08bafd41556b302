/**
 * Why a model said what it said. Start with {@link dev.parley.explain.Explanation}, which makes every {@link dev.parley.explain.Analysis}
 * of a prompt and an answer.
 *
 * <pre>{@code
 * var text = ExplainedText.of(Optional.of(tokenizer), promptIds, answerIds);
 * var explanation = Explanation.of(model, Optional.of(tokenizer), text, ExplainOptions.DEFAULT.withTokens(List.of(1)));
 * System.out.println(explanation.attribution(Analysis.OCCLUSION).orElseThrow().faithfulness().orElseThrow().area());
 * }</pre>
 *
 * What needs no gradient is computed by the Java engine: {@code VariantReader} reads the text with tokens replaced, and a
 * {@link dev.parley.model.Trace} holds what heads and branches did. Gradients are
 * libtorch's, over the same weights, where the program has it ({@link dev.parley.model.InputGradients}).
 */
package dev.parley.explain;
