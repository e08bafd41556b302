package dev.parley.serve.ollama;

import static dev.parley.generate.config.GenerationSettings.FREQUENCY_PENALTY;
import static dev.parley.generate.config.GenerationSettings.MIN_P;
import static dev.parley.generate.config.GenerationSettings.PRESENCE_PENALTY;
import static dev.parley.generate.config.GenerationSettings.REPETITION_PENALTY;
import static dev.parley.generate.config.GenerationSettings.SEED;
import static dev.parley.generate.config.GenerationSettings.TEMPERATURE;
import static dev.parley.generate.config.GenerationSettings.TOP_K;
import static dev.parley.generate.config.GenerationSettings.TOP_P;
import static dev.parley.generate.config.GenerationSettings.TYPICAL_P;

import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.config.Range;
import dev.parley.generate.config.Setting;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.SamplingFields;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The field {@code options}, Ollama's names for settings of sampling. What it does not say is as the model has it, as in all APIs.
 *
 * @param settings of sampling
 * @param mostTokens of the answer; empty where the model's own limit holds, and below 0 for none
 * @param context tokens of the prompt and the answer, where that is less than the model's own
 */
record Options(GenerationConfigBuilder settings, OptionalInt mostTokens, OptionalInt context) {

    /** Settings that Ollama calls as transformers does. */
    static final List<Setting<?>> SAME_NAME = List.of(TEMPERATURE, TOP_K, TOP_P, MIN_P, TYPICAL_P, PRESENCE_PENALTY,
            FREQUENCY_PENALTY);
    private static final Setting.Field REPEAT_PENALTY = new Setting.Field("repeat_penalty", Range.ANY);
    private static final int MOST_TOP = 20;
    private static final int USUAL_WINDOW = 64;
    private static final int DRAWN = -1; // a seed that is drawn

    /** Of how Ollama runs a model, which this server decides by itself. */
    private static final String[] OF_THE_RUNNER = {"num_keep", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread",
        "draft_num_predict"};

    /** @throws ApiError if an option is of a wrong type */
    static Options read(JsonFields request, ServedModel model) {
        var settings = SamplingFields.begin(model.defaults()).numReturnSequences(1).logprobs(logprobs(request));
        var options = request.object("options");
        options.ifPresent(fields -> {
            for (var setting : SAME_NAME) SamplingFields.read(fields, setting, new Setting.Field(setting.name(), Range.ANY), settings);
            readRepetition(fields, settings);
            fields.whole(SEED.name()).ifPresent(seed -> {
                if (seed != DRAWN) settings.seed(seed);
            });
            SamplingFields.addStops(fields, "stop", settings);
            fields.ignore(OF_THE_RUNNER);
        });
        var most = whole(options, "num_predict");
        settings.maxNewTokens(Math.max(0, most.orElse(model.defaults().maxNewTokens()))).maxLength(0);
        return new Options(settings, most, context(request, model));
    }

    /** llama.cpp looks {@value #USUAL_WINDOW} tokens back where nothing is said, at none for 0, and at all below. */
    private static void readRepetition(JsonFields fields, GenerationConfigBuilder settings) {
        SamplingFields.read(fields, REPETITION_PENALTY, REPEAT_PENALTY, settings);
        var window = fields.integer("repeat_last_n", Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (fields.any(REPEAT_PENALTY.name()).isPresent()) settings.repetitionWindow(USUAL_WINDOW);
        if (window.isEmpty()) return;
        settings.repetitionWindow(Math.max(0, window.getAsInt()));
        if (window.getAsInt() == 0) settings.repetitionPenalty(1);
    }

    /** The context that is asked for, where it is less than the model's. */
    static OptionalInt context(JsonFields request, ServedModel model) {
        var asked = whole(request.object("options"), "num_ctx");
        return asked.isPresent() && asked.getAsInt() > 0 && asked.getAsInt() < model.contextLength() ? asked : OptionalInt.empty();
    }

    private static OptionalInt whole(Optional<JsonFields> options, String name) {
        return options.map(fields -> fields.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE)).orElse(OptionalInt.empty());
    }

    private static int logprobs(JsonFields request) {
        var top = request.integer("top_logprobs", 0, MOST_TOP).orElse(0);
        return request.flag("logprobs") ? top : -1;
    }

    /** A prompt whose answer keeps to the context that is asked for. */
    ChatPrompt limited(ChatPrompt prompt) {
        var length = prompt.ids().length;
        if (mostTokens.isPresent() && mostTokens.getAsInt() == 0) // a limit of 0 is none, which the length of the whole says
            return prompt.with(prompt.config().toBuilder().maxLength(length).build());
        if (context.isEmpty()) return prompt;
        var room = context.getAsInt() - length;
        if (room <= 0)
            throw ApiError.of(400, ChatPrompt.TOO_LONG, "options.num_ctx", "The prompt has " + length + " tokens, and options.num_ctx is "
                    + context.getAsInt() + "; one is needed for the answer.");
        var limit = prompt.config().maxNewTokens();
        return prompt.with(prompt.config().withMaxNewTokens(limit == 0 ? room : Math.min(limit, room)));
    }
}
