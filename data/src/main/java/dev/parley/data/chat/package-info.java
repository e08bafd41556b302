/**
 * Conversations to learn from. Start with {@link dev.parley.data.chat.ChatFiles}, which reads them from files;
 * {@link dev.parley.data.chat.ChatRows} makes rows of them, in which only what the assistant says is a target.
 *
 * <pre>{@code
 * var chats = ChatFiles.chats(List.of(Path.of("chats.jsonl")));
 * var row = ChatRows.row(tokenizer, template, ChatTemplateInput.of(chats.getFirst().messages()), 1024);
 * }</pre>
 */
package dev.parley.data.chat;
