package dev.parley.train.rollout;

import dev.parley.model.TrainingRow;
import java.util.List;

/**
 * An answer that a model has tried.
 *
 * @param row the prompt, and behind it the answer; the targets are the tokens that the model chose itself, and not what a tool returned
 * @param text what it says at last, without thoughts and calls
 * @param calls of tools, in order
 * @param isEnded whether the model ended it, rather than the limit of tokens
 */
public record Rollout(Question question, TrainingRow row, String text, List<Call> calls, boolean isEnded) {

    /** Copies the list. */
    public Rollout {
        calls = List.copyOf(calls);
    }

    /**
     * A call of a tool.
     *
     * @param arguments as the model wrote them, JSON if all went well
     * @param result that it was told
     * @param isFault whether there is no such tool, or it could not do what was asked
     */
    public record Call(String name, String arguments, String result, boolean isFault) {}

    /** Tokens that the model chose itself. */
    public int tokens() {
        return row.targets();
    }
}
