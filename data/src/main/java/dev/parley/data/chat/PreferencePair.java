package dev.parley.data.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;

/**
 * Two answers to the same, of which one is better: what DPO learns from.
 *
 * @param prompt the conversation up to the answers, with its tools
 * @param chosen the better answer: messages, the first of which is the assistant's
 * @param rejected the worse answer, likewise
 */
public record PreferencePair(Chat prompt, ArrayNode chosen, ArrayNode rejected) implements ChatRecord {

    /** @throws IllegalArgumentException if the prompt ends with the assistant's words, or an answer does not begin with them */
    public PreferencePair {
        prompt.requireIsPrompt();
        Turns.requireAnswer(chosen, "chosen");
        Turns.requireAnswer(rejected, "rejected");
        if (chosen.equals(rejected)) throw new IllegalArgumentException("chosen and rejected are the same answer");
    }

    @Override
    public Chat conversation() {
        return prompt;
    }
}
