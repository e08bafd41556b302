package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.Suggestion;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.tokenizer.Message;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The web chat's one way to the models: it asks for an answer to a conversation, and is told of each token.
 *
 * <pre>{@code
 * var question = new Question(Optional.of("my-model"), List.of(Message.user("Hi")), List.of(), settings, 5, "ada");
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
     * @param begun tokens that the answer begins with already: they are told of first, as if they had just come, and it goes on
     *     after them
     * @param settings of sampling by the names of OpenAI's API ({@code temperature}, {@code top_p}, {@code max_tokens}, {@code seed}…)
     * @param topLogprobs alternatives that are told of with each token
     * @param owner whose it is: who asks much waits for those who ask little
     */
    record Question(Optional<String> model, List<Message> messages, List<AnswerToken> begun, ObjectNode settings, int topLogprobs, String owner) {}

    /**
     * How an answer ended.
     *
     * @param finishReason {@code stop}, {@code length} or {@code cancelled}
     * @param completionTokens all of them, those that it began with included
     * @param seconds from the question to the end
     * @param forgottenTurns of the conversation, its oldest, that the model's context had no room for
     */
    record Ended(String finishReason, int promptTokens, int completionTokens, double seconds, int forgottenTurns) {}

    /** Is told of an answer, by one thread at a time. It should return soon: other answers wait for it. */
    interface Listener {

        /**
         * Tokens have come.
         *
         * @param text what is now certain of the answer's text: whole characters, no part of a stop string; may be empty
         */
        void onTokens(String text, List<AnswerToken> tokens);

        /**
         * Is asked before the model is, as a {@link dev.parley.serve.accounts.Meter} is, on the thread that asks for the answer.
         *
         * @return how many tokens may be made
         */
        default long reserve(long prompt, long answers, boolean flexible) {
            return answers;
        }

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
     * What the token after an answer's beginning looked at.
     *
     * @param tokens texts of all tokens before it, from the first of the prompt on
     * @param answerFrom number of the answer's first token among them
     * @param weights of attention: (L, H, S), in each head a sum of 1
     */
    record Attention(List<String> tokens, int answerFrom, float[][][] weights) {}

    /** The models that can be asked, and which of them answers where none is named. */
    record Models(List<Model> all, String defaultId) {}

    /**
     * A model.
     *
     * @param aliases other names of it
     * @param state {@code ready}, {@code loading}, {@code unloaded} or {@code failed}
     * @param contextLength in tokens; 0 where it is known only once the model is loaded
     * @param chat whether it has a chat template; a model that is not loaded is taken for one that has
     * @param defaults what a setting is when it is not given, by the names of OpenAI's API; empty where it is not known yet
     * @param suggestions questions that it can answer; may be empty
     * @param failure why it could not be loaded, if so
     */
    record Model(String id, List<String> aliases, String state, int contextLength, boolean chat, ObjectNode defaults, List<Suggestion> suggestions,
            Optional<String> failure) {}

    /**
     * Begins an answer.
     *
     * @throws ApiError where it cannot be begun, with the status and the sentence to show
     */
    Running answer(Question question, Listener listener);

    /**
     * Looks at what the token after {@link Question#begun} was chosen from.
     *
     * @param reads is told how many tokens are about to be read, and may refuse
     * @throws ApiError where that cannot be told
     */
    Attention attention(Question question, LongConsumer reads);

    /** The identifier of the model that a name means. @throws ApiError 404 if none is served by it */
    String modelId(Optional<String> name);

    /** What is served. */
    Models models();
}
