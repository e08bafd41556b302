package dev.parley.serve.answer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.Message;
import java.util.List;
import java.util.Optional;

/**
 * The web chat's one way to the models: it asks for an answer to a conversation, and is told of each token.
 *
 * <pre>{@code
 * var question = new Question("my-model", List.of(Message.user("Hi")), new int[0], settings, 5, "ada");
 * var running = answerer.answer(question, listener);
 * running.cancel();
 * }</pre>
 */
public interface Answerer {

    /**
     * A conversation that wants an answer.
     *
     * @param model name or alias of a served model; empty for the default
     * @param messages from the oldest to the one to answer; a system prompt is the first
     * @param begunIds tokens that the answer begins with already: it goes on after them, and does not tell of them again
     * @param settings of sampling by the names of OpenAI's API ({@code temperature}, {@code top_p}, {@code max_tokens}, {@code seed}…)
     * @param topLogprobs alternatives that are told of with each token
     * @param owner whose it is: who asks much waits for those who ask little
     */
    record Question(Optional<String> model, List<Message> messages, int[] begunIds, ObjectNode settings, int topLogprobs, String owner) {}

    /**
     * A token of an answer.
     *
     * @param text of this token alone; where it holds a part of a character only, {@code U+FFFD} stands for it
     * @param logprob ln p
     * @param top the likeliest tokens at its place, likeliest first
     */
    record AnswerToken(int id, String text, double logprob, List<Alternative> top) {}

    /** A token that could have come. */
    record Alternative(int id, String text, double logprob) {}

    /**
     * How an answer ended.
     *
     * @param finishReason {@code stop}, {@code length} or {@code cancelled}
     * @param seconds from the question to the end
     */
    record Ended(String finishReason, int promptTokens, int completionTokens, double seconds) {}

    /** Is told of an answer, by one thread at a time. It should return soon: other answers wait for it. */
    interface Listener {

        /**
         * Tokens have come.
         *
         * @param text what is now certain of the answer's text: whole characters, no part of a stop string; may be empty
         */
        void onTokens(String text, List<AnswerToken> tokens);

        void onEnd(Ended ended);

        /** It ended by a fault. @param message a sentence for the reader */
        void onFailure(String message);
    }

    /** An answer under way. */
    @FunctionalInterface
    interface Running {

        /** Asks it to end; {@link Listener#onEnd} tells when it has, with the reason {@code cancelled}. */
        void cancel();
    }

    /**
     * Begins an answer.
     *
     * @throws dev.parley.serve.answer.Refused where it cannot be begun, with the status and the sentence to show
     */
    Running answer(Question question, Listener listener);

    /** What is served. */
    Models models();

    /** The models that can be asked, and which of them answers where none is named. */
    record Models(List<Model> all, String defaultId) {}

    /**
     * A model.
     *
     * @param loaded whether it is in memory
     * @param chat whether it has a chat template
     * @param defaults what a setting is when it is not given, by the names of OpenAI's API
     */
    record Model(String id, boolean loaded, int contextLength, boolean chat, ObjectNode defaults) {}
}
