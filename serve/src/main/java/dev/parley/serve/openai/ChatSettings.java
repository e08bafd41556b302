package dev.parley.serve.openai;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.answer.Refused;
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
     * @throws Refused if a field cannot be honoured, or more than one answer is asked for
     */
    public static GenerationConfig read(Fields fields, ServedModel model, int topLogprobs) {
        fields.integer("n", 1, 1);
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        settings.maxNewTokens(ChatRequest.mostTokens(fields, model.defaults().maxNewTokens())).maxLength(0);
        FormFields.read(fields).ifPresent(settings::grammar);
        return SamplingFields.build(settings.numReturnSequences(1).logprobs(topLogprobs));
    }
}
