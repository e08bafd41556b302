/**
 * Judging: figures that say how good a model is, each a {@link dev.parley.eval.Score} with its standard error. Start with
 * {@link dev.parley.eval.Exam}, which asks questions and judges answers, and {@link dev.parley.eval.BitsPerByte}, which
 * needs no questions.
 *
 * <pre>{@code
 * try (var exam = new Exam(model, tokenizer, tokenizer.chatTemplate().orElseThrow())) {
 *     Score spelling = exam.task(Words.spelling(words, 3000, HeldOut.PUBLISHED), 100, 1).join();
 * }
 * }</pre>
 */
package dev.parley.eval;
