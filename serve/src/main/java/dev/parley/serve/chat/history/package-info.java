/**
 * What is kept of the web chat: conversations with all their branches, ratings and presets, each its owner's alone.
 * {@link dev.parley.serve.chat.history.Conversations} is where to start.
 *
 * <pre>{@code
 * var conversation = new Conversations(database).create("ada", Draft.EMPTY);
 * var question = new Messages(database).add("ada", conversation.id(), Optional.empty(), Role.USER, "Hi");
 * var asked = new Messages(database).path("ada", question.id());
 * }</pre>
 *
 * What another owner has is not there: every query names the owner, and answers as if the rest did not exist.
 */
package dev.parley.serve.chat.history;
