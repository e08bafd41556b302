/**
 * What an answer of a chat model holds, and how it is told apart while it grows: thoughts, text, and calls of functions. Every API, the
 * assistants and the terminal read answers here. {@link dev.parley.generate.answer.AnswerForm} is where to start.
 *
 * <pre>{@code
 * var form = AnswerForm.of(tokenizer, template, prompt, Optional.of(Calls.asItLikes(tools)));
 * var config = form.config(settings, Optional.empty());      // what is generated keeps the form
 * var reader = new AnswerReader(form, listener);
 * reader.push(ids, piece);                                   // the listener is told of thoughts, text and calls
 * reader.finish(FinishReason.STOP);
 * }</pre>
 */
package dev.parley.generate.answer;
