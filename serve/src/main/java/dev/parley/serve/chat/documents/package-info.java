/**
 * Documents that conversations of the web chat answer from: files that somebody attached, and folders of knowledge that the server's
 * operator offers. A browser never names a place on the server: it sends a file, or chooses a name. {@link
 * dev.parley.serve.chat.documents.ConversationDocuments} is where to start; {@link dev.parley.serve.chat.documents.KnowledgeFolders} are
 * the operator's, and what is kept in the database is in {@link dev.parley.serve.chat.history.Attachments}.
 *
 * <pre>{@code
 * var file = documents.add("ada", conversation, "Terms of hire.pdf", body);      // is read in the background, in a program of its own
 * var passages = documents.relevant("ada", conversation, List.of(), question, history, "en");
 * }</pre>
 */
package dev.parley.serve.chat.documents;
