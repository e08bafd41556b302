package dev.parley.serve.openai.completions;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.TextRequest;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.answering.TokenIds;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.StreamFields;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/completions}, read and checked.
 *
 * @param settings of the answers, but for how long they may be
 * @param mostTokens of each answer; 0 is none at all, which asks for the prompt's probabilities alone, and -1 is no limit
 * @param echo whether an answer begins with its prompt
 * @param stream how it is to be sent
 */
record CompletionRequest(List<Prompt> prompts, GenerationConfig settings, int mostTokens, boolean echo, StreamFields stream) {

    private static final int MOST_PROMPTS = 1_024;
    private static final int MOST_TOP = 20;
    private static final int USUAL_TOKENS = 16; // as OpenAI's API has it

    /**
     * A prompt to be continued.
     *
     * @param text as it is echoed
     * @param added ids before those of the prompt's text, which the tokenizer puts before every text
     */
    record Prompt(int[] ids, String text, int added) {}

    /** @throws ApiError if it cannot be honoured */
    static CompletionRequest read(JsonFields fields, ServedModel model) {
        var prompts = prompts(fields, model);
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        var n = fields.integer("n", 1, SamplingFields.MOST_CHOICES).orElse(1);
        var best = fields.integer("best_of", 1, SamplingFields.MOST_CHOICES);
        if (best.isPresent() && best.getAsInt() != n)
            throw ApiError.badRequest("best_of", "best_of must equal n; this server does not rank answers.");
        if (!fields.string("suffix").orElse("").isEmpty())
            throw ApiError.badRequest("suffix", "suffix is not supported: this server's models continue text and cannot fill gaps.");
        settings.logprobs(fields.integer("logprobs", 0, MOST_TOP).orElse(-1));
        StructuredOutputFields.read(fields).ifPresent(settings::grammar);
        var most = fields.limit("max_tokens", 0).orElse(USUAL_TOKENS);
        fields.string("user");
        fields.ignore("model");
        var config = SamplingFields.build(settings);
        if (most == 0 && config.numBeams() > 1) throw ApiError.badRequest("max_tokens", "Beam search needs max_tokens of at least 1.");
        return new CompletionRequest(prompts, config, most, fields.flag("echo"), StreamFields.read(fields));
    }

    /** Whether the probabilities of the prompts' own tokens are wanted. */
    boolean echoesLogprobs() {
        return echo && settings.logprobs() >= 0;
    }

    /** What the engine is asked for a prompt. */
    TextRequest request(Prompt prompt, String owner) {
        // No new tokens are said by the length of the whole: a limit of 0 is none.
        var unlimited = settings.toBuilder().maxNewTokens(0).maxLength(mostTokens == 0 ? prompt.ids().length : 0);
        var config = mostTokens > 0 ? settings.withMaxNewTokens(mostTokens) : unlimited.build();
        return new TextRequest(prompt.ids(), config, owner, echoesLogprobs(), Optional.empty(), 0);
    }

    // ---- prompts: a string, a list of strings, a list of ids, or a list of such lists ----

    private static List<Prompt> prompts(JsonFields fields, ServedModel model) {
        var prompt = fields.any("prompt").orElseThrow(() -> fields.missing("prompt"));
        var prompts = new ArrayList<Prompt>();
        if (prompt.isTextual()) {
            prompts.add(ofText(prompt.textValue(), model.tokenizer()));
        } else if (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isNumber()) {
            prompts.add(ofIds("prompt", prompt, model.tokenizer()));
        } else {
            var list = fields.list("prompt", MOST_PROMPTS).orElseThrow();
            for (int i = 0; i < list.size(); i++) prompts.add(one(fields, list.get(i), i, model.tokenizer()));
        }
        if (prompts.isEmpty()) throw ApiError.badRequest("prompt", "prompt is an empty list; give at least one text.");
        for (var one : prompts) ChatPrompt.requireRoom(model, one.ids().length, "prompt");
        return List.copyOf(prompts);
    }

    private static Prompt one(JsonFields fields, JsonNode item, int number, Tokenizer tokenizer) {
        if (item.isTextual()) return ofText(item.textValue(), tokenizer);
        if (item.isArray()) return ofIds("prompt[" + number + "]", item, tokenizer);
        throw fields.wrong("prompt", "a string, a list of token ids, or a list of such");
    }

    private static Prompt ofText(String text, Tokenizer tokenizer) {
        var ids = tokenizer.encodeForModel(text);
        return new Prompt(ids, text, ids.length - tokenizer.encodeWithSpecialTokens(text).length);
    }

    private static Prompt ofIds(String name, JsonNode list, Tokenizer tokenizer) {
        var ids = TokenIds.read(name, list, tokenizer);
        try {
            return new Prompt(ids, tokenizer.decode(ids), 0);
        } catch (TokenizerException e) {
            throw ApiError.badRequest("prompt", e.getMessage());
        }
    }
}
