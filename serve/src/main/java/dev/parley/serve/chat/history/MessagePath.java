package dev.parley.serve.chat.history;

import java.util.List;

/**
 * A message of a conversation with all that it follows.
 *
 * @param messages from the first one on; the message itself is the last
 */
public record MessagePath(Conversation conversation, List<ChatMessage> messages) {

    public ChatMessage last() {
        return messages.getLast();
    }

    /** What the last message follows; may be empty. */
    public List<ChatMessage> before() {
        return messages.subList(0, messages.size() - 1);
    }
}
