/**
 * Lessons: what people said of a chat's answers becomes an adapter. Start with {@link dev.parley.train.lesson.Teaching}.
 *
 * <pre>{@code
 * var feedback = LessonFeedback.read(edits, pairs, thumbs);       // lines of JSON, as a chat exports them
 * var outcome = new Teaching(model, tokenizer, LessonSettings.DEFAULT).teach(feedback, adapter, training).orElseThrow();
 * if (outcome.probe().after() > outcome.probe().before() - 1) use(adapter);
 * }</pre>
 *
 * Corrected answers are learned with several ways to ask for them, pairs by DPO, thumbs by KTO, and with them answers of the model's own
 * to other questions, against forgetting. What was learned is measured on what was held out: feedback where there is much, and else ways
 * to ask that no lesson trains on; what was lost, on a fixed probe. The outcome has both, before and after.
 */
package dev.parley.train.lesson;
