package dev.parley.serve.sampling;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;

/**
 * The fields of a chat request that say how its answer is drawn, how long it may be and which form it must have, for those who ask
 * the models by another way than {@code /v1}, and shall be understood alike.
 */
public final class ChatSettings {

    private ChatSettings() {}

    /**
     * A model's defaults with what is given.
     *
     * @param topLogprobs likeliest tokens that are told of at each place
     * @throws ApiError if a field cannot be honoured, or more than one answer is asked for
     */
    public static GenerationConfig read(JsonFields fields, ServedModel model, int topLogprobs) {
        fields.integer("n", 1, 1);
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        settings.maxNewTokens(mostTokens(fields, model.defaults().maxNewTokens())).maxLength(0);
        StructuredOutputFields.read(fields).ifPresent(settings::grammar);
        return SamplingFields.build(settings.numReturnSequences(1).logprobs(topLogprobs));
    }

    /** By either name, as OpenAI's API has it; 0, as many as the context holds, where neither they nor the model set a limit. */
    public static int mostTokens(JsonFields fields, int otherwise) {
        var newer = fields.limit("max_completion_tokens", 1);
        var older = fields.limit("max_tokens", 1);
        if (newer.isPresent() && older.isPresent())
            throw ApiError.badRequest("max_tokens", "max_tokens and max_completion_tokens are the same setting; give only one.");
        return Math.max(0, newer.orElse(older.orElse(otherwise)));
    }
}
