package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.StreamFields;
import dev.parley.serve.openai.ToolFields;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of {@code POST /v1/chat/completions}, read and checked.
 *
 * @param logprobs whether the answer tells of probabilities
 * @param stream how it is to be sent
 */
record ChatRequest(ChatPrompt prompt, boolean logprobs, StreamFields stream) {

    private static final int MOST_TOP = 20;

    /** @throws ApiError if it cannot be honoured */
    static ChatRequest read(JsonFields fields, ServedModel model) {
        var messages = ChatMessages.read(fields);
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        settings.maxNewTokens(SamplingFields.maxTokens(fields, model.defaults().maxNewTokens())).maxLength(0);
        var logprobs = fields.flag("logprobs");
        var top = fields.integer("top_logprobs", 0, MOST_TOP);
        if (top.isPresent() && !logprobs) throw ApiError.badRequest("top_logprobs", "top_logprobs is only allowed when logprobs is true.");
        settings.logprobs(logprobs ? top.orElse(0) : -1);
        var tools = ToolFields.read(fields);
        var grammar = StructuredOutputFields.read(fields);
        var stream = StreamFields.read(fields);
        var variables = variables(fields, settings);
        ignore(fields);
        return new ChatRequest(ChatPrompt.of(model, messages, tools, variables, grammar, settings), logprobs, stream);
    }

    /** What else the template may read, such as {@code enable_thinking}. */
    private static Map<String, JsonNode> variables(JsonFields fields, GenerationConfigBuilder settings) {
        var variables = new HashMap<>(ReasoningEffort.variables(fields.string("reasoning_effort"), fields, settings));
        fields.any("chat_template_kwargs").ifPresent(node -> {
            if (!node.isObject()) throw fields.wrong("chat_template_kwargs", "an object");
            node.properties().forEach(p -> variables.put(p.getKey(), p.getValue()));
        });
        return variables;
    }

    /** What is known and changes nothing here; of a wrong type it is refused all the same. */
    private static void ignore(JsonFields fields) {
        fields.ignore("model");
        for (var name : List.of("user", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "verbosity"))
            fields.string(name);
        fields.flag("store");
        for (var name : List.of("metadata", "prediction")) {
            if (fields.any(name).filter(value -> !value.isObject()).isPresent()) throw fields.wrong(name, "an object");
        }
        fields.any("modalities").ifPresent(modalities -> {
            var onlyText = modalities.isArray() && modalities.size() == 1 && modalities.get(0).asText().equals("text");
            if (!onlyText) throw fields.wrong("modalities", "[\"text\"]; this server generates text only");
        });
    }
}
