package dev.parley.assist.turn;

import dev.parley.assist.OutputForm;
import dev.parley.knowledge.Passage;
import dev.parley.tokenizer.Message;
import java.util.List;
import java.util.Optional;

/**
 * A message that wants an answer.
 *
 * @param history what user and assistant have said before, oldest first
 * @param form that the answer is to keep, in place of the assistant's own
 * @param attached passages of files that the user attached, which go before those of the assistant's own documents
 */
public record TurnRequest(List<Message> history, String message, Optional<OutputForm> form, List<Passage> attached) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if the message is blank
     */
    public TurnRequest {
        history = List.copyOf(history);
        attached = List.copyOf(attached);
        if (message.isBlank()) throw new IllegalArgumentException("The message is empty.");
    }

    /** The first message of a conversation. */
    public static TurnRequest of(String message) {
        return new TurnRequest(List.of(), message, Optional.empty(), List.of());
    }
}
