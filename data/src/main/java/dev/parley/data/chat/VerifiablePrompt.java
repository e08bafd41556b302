package dev.parley.data.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A question whose answers code can judge: what GRPO learns from.
 *
 * @param prompt the conversation up to the answer, with its tools
 * @param answer the right answer
 * @param more what else the line holds, for the reward that judges: {@code reward} may name it
 */
public record VerifiablePrompt(Chat prompt, String answer, ObjectNode more) implements ChatRecord {

    /** @throws IllegalArgumentException if the prompt ends with the assistant's words, or there is no answer */
    public VerifiablePrompt {
        prompt.requireIsPrompt();
        if (answer.isBlank()) throw new IllegalArgumentException("the answer is empty");
    }

    @Override
    public Chat conversation() {
        return prompt;
    }
}
