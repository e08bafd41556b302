package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.grammar.Grammar;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.answering.OfferedTools;
import dev.parley.serve.anthropic.MessageJson.Stop;
import dev.parley.serve.anthropic.MessagesInput.Conversation;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The body of {@code POST /v1/messages}, read and checked.
 *
 * @param stops the stop sequences that it names
 * @param stream whether the answer is sent as events
 * @param showsThoughts whether thoughts are told, and not only that there were some
 */
record MessagesRequest(ChatPrompt prompt, List<String> stops, boolean stream, boolean showsThoughts) {

    private static final String MESSAGES = "messages";
    private static final String STOPS = "stop_sequences";

    /** What the prompt is made of, which {@code count_tokens} reads too. */
    private record Asked(Conversation conversation, OfferedTools tools, ThinkingField thinking, Map<String, JsonNode> variables,
            Optional<Grammar> grammar) {

        static Asked read(JsonFields fields) {
            fields.ignore("model", "cache_control");
            for (var name : List.of("speed", "inference_geo", "service_tier")) fields.string(name);
            if (fields.any("container").isPresent())
                throw ApiError.badRequest("container", "container is not supported: this server runs no tools.");
            var thinking = ThinkingField.read(fields);
            var output = fields.object("output_config");
            return new Asked(MessagesInput.read(fields), MessageTools.read(fields), thinking, thinking.variables(output),
                    grammar(fields, output));
        }

        private static Optional<Grammar> grammar(JsonFields fields, Optional<JsonFields> output) {
            var format = output.flatMap(config -> config.object("format")).or(() -> fields.object("output_format"));
            return format.isPresent() ? StructuredOutputFields.format(format.get(), "") : StructuredOutputFields.read(fields);
        }

        int[] ids(ServedModel model) {
            return ChatPrompt.ids(model, conversation.messages(), MESSAGES, tools, variables, conversation.continued());
        }
    }

    /** @throws ApiError if it cannot be honoured */
    static MessagesRequest read(JsonFields fields, ServedModel model) {
        var most = fields.integer("max_tokens", 1, Integer.MAX_VALUE).orElseThrow(() -> fields.missing("max_tokens"));
        fields.integer("n", 1, 1);
        fields.string("user");
        var settings = SamplingFields.settings(fields, model.defaults(), model.tokenizer().vocabSize());
        SamplingFields.addStops(fields, STOPS, settings);
        settings.maxNewTokens(most).maxLength(0).numReturnSequences(1).logprobs(-1);
        for (var name : List.of("metadata", "diagnostics"))
            fields.object(name).ifPresent(told -> told.ignore("user_id", "previous_message_id"));
        var asked = Asked.read(fields);
        asked.thinking().bound(settings);
        var prompt = ChatPrompt.of(model, asked.ids(model), MESSAGES, asked.tools(), asked.grammar(), settings);
        return new MessagesRequest(prompt, fields.strings(STOPS, Integer.MAX_VALUE), fields.flag("stream"), asked.thinking().shown());
    }

    /**
     * Tokens of a prompt.
     *
     * @throws ApiError if a field cannot be honoured
     */
    static int tokens(JsonFields fields, ServedModel model) {
        return Asked.read(fields).ids(model).length;
    }

    /** How an answer to it ended, in the words of this API. */
    Stop stop(ChatAnswer answer, int contextLength) {
        var choice = answer.choices().getFirst();
        var usage = answer.usage();
        return switch (choice.finishReason()) {
            case "tool_calls" -> Stop.of("tool_use");
            case "length" -> Stop.of(usage.promptTokens() + usage.completionTokens() < contextLength ? "max_tokens"
                    : "model_context_window_exceeded");
            case "cancelled" -> Stop.of("pause_turn"); // the server is being stopped
            default -> choice.stopString().filter(stops::contains).map(sequence -> new Stop("stop_sequence", Optional.of(sequence)))
                    .orElseGet(() -> Stop.of("end_turn"));
        };
    }
}
