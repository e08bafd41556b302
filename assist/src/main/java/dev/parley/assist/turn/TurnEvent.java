package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.Decision;
import dev.parley.assist.tools.ToolResult;
import dev.parley.knowledge.Passage;
import java.util.List;

/** What happens in a turn, in its order. */
public sealed interface TurnEvent {

    /** A guardrail changed a text, withheld it, or ended the turn. */
    record Decided(Decision decision) implements TurnEvent {}

    /**
     * The knowledge base was searched.
     *
     * @param passages that the model is given, numbered from 1 in this order; empty if nothing relevant was found
     */
    record Retrieved(List<Passage> passages, double milliseconds) implements TurnEvent {}

    /** More of the answer. It has passed the guardrails of the output; the answer at the end stands in its place all the same. */
    record Text(String piece) implements TurnEvent {}

    /** More of what the model thinks before it answers. It is no part of the answer: nothing of it is judged, cited or kept for later turns. */
    record Thought(String piece) implements TurnEvent {}

    /** The model calls a tool; consent is asked for after this. */
    record Called(String id, String source, String tool, ObjectNode arguments) implements TurnEvent {}

    /** What the call came to, after the guardrails; a call without consent is an error too. */
    record Returned(String id, String source, String tool, ToolResult result) implements TurnEvent {}

    /** The turn is over. */
    record Answered(TurnResult result) implements TurnEvent {}

    /** Is told of a turn's events, on the thread of the turn. */
    @FunctionalInterface
    interface Listener {

        /** Takes the next event. */
        void on(TurnEvent event);
    }
}
