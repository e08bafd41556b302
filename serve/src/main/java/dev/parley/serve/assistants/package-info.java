/**
 * The assistants that a server offers beside its models. {@link dev.parley.serve.assistants.ServedAssistants} has them by name, each
 * with its knowledge and the served model that answers for it; {@link dev.parley.serve.assistants.ServedResponder} is that model
 * for one turn. {@code /v1/chat/completions}, {@code /v1/responses} and the web chat take an assistant's name in place of a model's.
 *
 * <pre>{@code
 * ./parley serve my-model --assistant customer-service
 * }</pre>
 */
package dev.parley.serve.assistants;
