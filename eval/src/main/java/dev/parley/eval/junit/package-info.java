/**
 * Evaluations as JUnit tests, for builds that hold a model to its scores. Start with {@link dev.parley.eval.junit.Evaluate}. JUnit itself
 * comes with whoever writes such tests.
 *
 * <pre>{@code
 * @Evaluate(model = "models/support", task = "tasks/support_faq.yaml", metric = "exact_match", atLeast = 0.9)
 * void answersTheFrequentQuestions(EvaluationResult result) {}
 * }</pre>
 */
package dev.parley.eval.junit;
