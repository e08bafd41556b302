/**
 * The routes of the web chat, all under {@code /api}. {@link dev.parley.serve.chat.WebChat} is where to start; what is kept is in
 * {@link dev.parley.serve.chat.history}, what is being written in {@link dev.parley.serve.chat.running}.
 *
 * <pre>{@code
 * var chat = new WebChat(database, models, ServedAssistants.NONE, ChatSources.NONE, Optional.empty(), false, System.err::println);
 * chat.addTo(config.routes);
 * …
 * chat.finish(Duration.ofSeconds(30));
 * }</pre>
 */
package dev.parley.serve.chat;
