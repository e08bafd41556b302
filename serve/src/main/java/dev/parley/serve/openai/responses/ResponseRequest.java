package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.grammar.Grammar;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.StreamFields;
import dev.parley.serve.openai.ToolFields;
import dev.parley.serve.openai.chat.ReasoningEffort;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.Optional;

/**
 * The body of {@code POST /v1/responses}, read and checked.
 *
 * @param conversation all that was said, without the instructions, which hold for one answer alone
 * @param repeated what the response tells of the request
 * @param logprobs whether the answer tells of probabilities
 * @param stream whether it is sent in pieces
 * @param store whether it can be gone on from
 */
record ResponseRequest(ChatPrompt prompt, ArrayNode conversation, ObjectNode repeated, boolean logprobs, boolean stream, boolean store) {

    private static final int MOST_TOP = 20;
    private static final int MOST_METADATA = 16;
    private static final int MOST_METADATA_LENGTH = 512;
    private static final String LOGPROBS = "message.output_text.logprobs";

    /**
     * Reads a request.
     *
     * @param before what was said in the response that it goes on from; empty where it goes on from none
     * @throws ApiError if it cannot be honoured
     */
    static ResponseRequest read(JsonFields fields, ServedModel model, ArrayNode before) {
        var conversation = ResponseInput.read(fields, before);
        var instructions = fields.string("instructions");
        var messages = conversation.deepCopy();
        instructions.ifPresent(text -> messages.insertObject(0).put("role", "system").put("content", text));
        fields.integer("n", 1, 1);
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        settings.maxNewTokens(Math.max(0, fields.limit("max_output_tokens", 1).orElse(model.defaults().maxNewTokens()))).maxLength(0);
        var logprobs = fields.strings("include", 16).contains(LOGPROBS);
        var top = fields.integer("top_logprobs", 0, MOST_TOP).orElse(0);
        settings.logprobs(logprobs ? top : -1);
        var tools = ToolFields.readFlat(fields);
        var grammar = grammar(fields);
        refuseWhatIsNotThere(fields);
        var effort = fields.object("reasoning").flatMap(reasoning -> {
            reasoning.ignore("summary", "generate_summary");
            return reasoning.string("effort");
        });
        var variables = ReasoningEffort.variables(effort, fields, settings);
        var prompt = ChatPrompt.of(model, messages, "input", tools, variables, grammar, settings);
        var store = fields.any("store").isEmpty() || fields.flag("store");
        var stream = StreamFields.read(fields).stream();
        return new ResponseRequest(prompt, conversation, repeated(fields, prompt.config(), store), logprobs, stream, store);
    }

    /** The grammar by {@code text.format}, or by the fields of a chat request. */
    private static Optional<Grammar> grammar(JsonFields fields) {
        var text = fields.object("text");
        text.ifPresent(t -> t.ignore("verbosity"));
        var format = text.flatMap(t -> t.object("format")).flatMap(f -> StructuredOutputFields.format(f, ""));
        var other = StructuredOutputFields.read(fields);
        if (format.isPresent() && other.isPresent())
            throw ApiError.badRequest("text.format", "Only one of text.format, grammar, regex and choice may be given.");
        return format.or(() -> other);
    }

    static void refuseWhatIsNotThere(JsonFields fields) {
        if (fields.flag("background"))
            throw ApiError.badRequest("background", "background must be false: this server responds while the client waits.");
        if (!fields.string("truncation").orElse("disabled").equals("disabled"))
            throw ApiError.badRequest("truncation", "truncation must be disabled: this server never shortens the input.");
        for (var name : new String[] {"prompt", "conversation"}) {
            if (fields.any(name).isPresent())
                throw ApiError.badRequest(name, name + " exists only at OpenAI; send the text itself, or previous_response_id.");
        }
        fields.ignore("model", "previous_response_id", "service_tier", "safety_identifier", "prompt_cache_key",
                "prompt_cache_retention", "max_tool_calls");
    }

    // ---- what the response repeats ----

    static ObjectNode repeated(JsonFields fields, GenerationConfig config, boolean store) {
        var repeated = JsonNodeFactory.instance.objectNode().put("background", false);
        repeated.put("instructions", fields.string("instructions").orElse(null));
        put(repeated, "max_output_tokens", fields.any("max_output_tokens"), JsonNodeFactory.instance.nullNode());
        repeated.set("metadata", metadata(fields));
        repeated.put("parallel_tool_calls", fields.any("parallel_tool_calls").isEmpty() || fields.flag("parallel_tool_calls"));
        repeated.put("previous_response_id", fields.string("previous_response_id").orElse(null));
        repeated.putObject("reasoning").put("effort", fields.object("reasoning").flatMap(r -> r.string("effort")).orElse(null))
                .putNull("summary");
        repeated.put("service_tier", "default").put("store", store).put("temperature", config.temperature());
        var format = fields.object("text").flatMap(text -> text.any("format"))
                .orElse(JsonNodeFactory.instance.objectNode().put("type", "text"));
        repeated.putObject("text").set("format", format);
        put(repeated, "tool_choice", fields.any("tool_choice"), JsonNodeFactory.instance.textNode("auto"));
        repeated.set("tools", tools(fields));
        repeated.put("top_logprobs", Math.max(0, config.logprobs())).put("top_p", config.topP()).put("truncation",
                "disabled");
        return repeated.put("user", fields.string("user").orElse(null));
    }

    /** The same of an assistant, which has its own instructions, limits and tools. */
    static ObjectNode repeatedByAssistant(JsonFields fields, GenerationConfig own, boolean store) {
        var repeated = JsonNodeFactory.instance.objectNode().put("background", false).putNull("instructions").putNull("max_output_tokens");
        repeated.set("metadata", metadata(fields));
        repeated.put("parallel_tool_calls", false).put("previous_response_id", fields.string("previous_response_id").orElse(null));
        repeated.putObject("reasoning").putNull("effort").putNull("summary");
        repeated.put("service_tier", "default").put("store", store).put("temperature", own.temperature());
        repeated.putObject("text").putObject("format").put("type", "text");
        repeated.put("tool_choice", "auto").putArray("tools");
        return repeated.put("top_logprobs", 0).put("top_p", own.topP()).put("truncation", "disabled").put("user",
                fields.string("user").orElse(null));
    }

    private static void put(ObjectNode object, String name, Optional<JsonNode> value, JsonNode otherwise) {
        object.set(name, value.orElse(otherwise));
    }

    private static ObjectNode metadata(JsonFields fields) {
        var metadata = fields.any("metadata").orElseGet(JsonNodeFactory.instance::objectNode);
        if (!(metadata instanceof ObjectNode object) || object.size() > MOST_METADATA)
            throw fields.wrong("metadata", "an object of at most " + MOST_METADATA + " strings");
        for (var value : object) {
            if (!value.isTextual() || value.textValue().length() > MOST_METADATA_LENGTH)
                throw fields.wrong("metadata", "an object of strings of at most " + MOST_METADATA_LENGTH + " characters");
        }
        return object;
    }

    private static ArrayNode tools(JsonFields fields) {
        var tools = JsonNodeFactory.instance.arrayNode();
        for (var given : fields.list("tools", Integer.MAX_VALUE).orElseGet(JsonNodeFactory.instance::arrayNode)) {
            var tool = (ObjectNode) given.deepCopy();
            if (!tool.has("parameters")) tool.putNull("parameters");
            if (!tool.has("strict")) tool.put("strict", false);
            tools.add(tool);
        }
        return tools;
    }
}
