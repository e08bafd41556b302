/**
 * What the web chat asks of the models, and how a request is refused. {@link dev.parley.serve.answer.Answerer} is where to start.
 *
 * <pre>{@code
 * var models = answerer.models();
 * throw Refused.badRequest("model", "There is no model x; served are " + models.all() + ".");
 * }</pre>
 */
package dev.parley.serve.answer;
