/**
 * Tools of MCP servers in the web chat. The operator says which servers there are; whoever chats chooses some for a conversation, and is
 * asked before each call. {@link dev.parley.serve.chat.tools.ConversationTools} is where to start, {@link
 * dev.parley.serve.chat.tools.ToolServers} are the operator's.
 *
 * <pre>{@code
 * var offered = tools.of(conversation.sources().tools());
 * var consent = tools.consent(caller.id(), conversation.id(), answer.id(), call -> showThatItWaits(call));
 * var result = open.ask(model, request, new TurnTools(offered, consent), listener);     // waits for the person at each call
 * }</pre>
 */
package dev.parley.serve.chat.tools;
