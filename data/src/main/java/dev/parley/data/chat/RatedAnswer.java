package dev.parley.data.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;

/**
 * An answer that somebody gave a thumb for: what KTO learns from.
 *
 * @param prompt the conversation up to the answer, with its tools
 * @param answer messages, the first of which is the assistant's
 * @param good true for a thumb up
 */
public record RatedAnswer(Chat prompt, ArrayNode answer, boolean good) implements ChatRecord {

    /** @throws IllegalArgumentException if the prompt ends with the assistant's words, or the answer does not begin with them */
    public RatedAnswer {
        prompt.requireIsPrompt();
        Turns.requireAnswer(answer, "completion");
    }

    @Override
    public Chat conversation() {
        return prompt;
    }
}
