package dev.parley.serve.chat.running;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ServedModel;
import dev.parley.tokenizer.FittedConversation;
import java.util.stream.IntStream;

/**
 * A conversation that fits the context, and what its answer begins with.
 *
 * @param ids of both
 * @param begun how many of them the answer begins with
 * @param forgottenTurns that were left out
 */
record FittedPrompt(int[] ids, int begun, int forgottenTurns) {

    /**
     * The same conversation and settings give the same tokens, whatever the answer begins with.
     *
     * @throws ApiError if the model does not chat, or has other tokens than the answer begins with
     */
    static FittedPrompt of(Question question, ServedModel model, GenerationConfig config) {
        var begun = question.begun().stream().mapToInt(AnswerToken::id).toArray();
        if (IntStream.of(begun).anyMatch(id -> id < 0 || id >= model.tokenizer().vocabSize())) {
            throw ApiError.badRequest("model", "The answer was started by a different model than " + model.id() + " is now.");
        }
        var prompt = FittedConversation.of(model.tokenizer(), model.requireChatTemplate(), question.messages(), model.contextLength(),
                config.maxNewTokens());
        return new FittedPrompt(IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(begun)).toArray(), begun.length,
                prompt.forgottenTurns());
    }
}
