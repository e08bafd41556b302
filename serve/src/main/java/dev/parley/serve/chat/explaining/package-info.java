/**
 * Why an answer of the web chat is as it is. {@link dev.parley.serve.chat.explaining.AnswerExplainer} is where to start: it has the room
 * {@code explain} look at the tokens that the answer's model was given and gave.
 *
 * <pre>{@code
 * var text = answers.answered(caller.id(), message);
 * var json = explainer.explain(caller, text, ExplanationRequest.FIRST, progress -> {});
 * }</pre>
 */
package dev.parley.serve.chat.explaining;
