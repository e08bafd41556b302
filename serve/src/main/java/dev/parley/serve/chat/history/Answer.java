package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What is known of a message that a model wrote.
 *
 * @param model that wrote it
 * @param system the instruction that it had
 * @param settings of sampling that were asked for, by the names of OpenAI's API
 * @param finishReason {@code stop}, {@code length} or {@code cancelled}, once it has ended by one of these
 * @param error why it failed, if it did
 * @param turn what an assistant did for it, where one answered: {@code {"assistant": …, "ending": …, "passages": […], "sources": […],
 *     "decisions": […], "tools": […]}}
 */
public record Answer(String model, String system, ObjectNode settings, Optional<String> finishReason, Optional<Usage> usage,
        Optional<String> error, Optional<ObjectNode> turn) {

    /**
     * What it took. The two numbers of tokens together are what the model has of the context.
     *
     * @param promptTokens that were read, among them those that a branch began with
     * @param completionTokens that were written in these
     * @param seconds from the question to its end; where it was gone on with, of all times together
     * @param firstTokenSeconds from the question to its first token
     * @param forgottenTurns of the conversation, its oldest, that the model's context had no room for
     */
    public record Usage(int promptTokens, int completionTokens, double seconds, double firstTokenSeconds, int forgottenTurns) {

        ObjectNode json() {
            return JsonNodeFactory.instance.objectNode().put("prompt_tokens", promptTokens).put("completion_tokens", completionTokens)
                    .put("seconds", seconds).put("first_token_seconds", firstTokenSeconds).put("forgotten_turns", forgottenTurns);
        }
    }

    /** One that is yet to come. */
    public static Answer begun(String model, String system, ObjectNode settings) {
        return new Answer(model, system, settings, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same as it ended. */
    public Answer ended(Optional<String> finishReason, Optional<Usage> usage, Optional<String> error) {
        return new Answer(model, system, settings, finishReason, usage, error, turn);
    }

    /** The same with what an assistant has done by now. */
    public Answer withTurn(Optional<ObjectNode> turn) {
        return new Answer(model, system, settings, finishReason, usage, error, turn);
    }
}
