package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.grammar.Grammar;
import dev.parley.serve.answering.OfferedTools.Use;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import dev.parley.tokenizer.TokenizerException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A conversation as the model is given it, and how its answer is to be read.
 *
 * <pre>{@code
 * var prompt = ChatPrompt.of(model, messages, OfferedTools.NONE, Map.of(), Optional.empty(), settings);
 * var answer = ChatAnswer.run(model, prompt, caller, ClientPresence.of(request), (choice, pieces, logprobs) -> {});
 * }</pre>
 *
 * @param form how thoughts and calls are told in the answer
 */
public record ChatPrompt(int[] ids, GenerationConfig config, AnswerForm form) {

    /** The word for programs in the error of a prompt that is too long. */
    public static final String TOO_LONG = "context_length_exceeded";

    /**
     * Writes a conversation by the model's chat template.
     *
     * @param messages as chat templates read them, the arguments of calls as JSON in a string
     * @param variables more that the template may read
     * @param text what the answer's text must be, for structured output
     * @param settings of sampling; what the form of the answer needs is added to them
     * @throws ApiError if the model has no template, or it does not take the conversation, or it is too long
     */
    public static ChatPrompt of(ServedModel model, ArrayNode messages, OfferedTools tools, Map<String, JsonNode> variables,
            Optional<Grammar> text, GenerationConfigBuilder settings) {
        return of(model, messages, "messages", tools, variables, text, settings);
    }

    /**
     * The same for requests that bring the messages otherwise.
     *
     * @param param the field that they come from
     */
    public static ChatPrompt of(ServedModel model, ArrayNode messages, String param, OfferedTools tools, Map<String, JsonNode> variables,
            Optional<Grammar> text, GenerationConfigBuilder settings) {
        var read = new HashMap<>(ThinkingFormat.variables(SamplingFields.build(settings)));
        read.putAll(variables);
        return of(model, ids(model, messages, param, tools, read, false), param, tools, text, settings);
    }

    /**
     * The same of tokens that {@link #ids} has given.
     *
     * @throws ApiError if they are too many, or the settings contradict each other
     */
    public static ChatPrompt of(ServedModel model, int[] ids, String param, OfferedTools tools, Optional<Grammar> text,
            GenerationConfigBuilder settings) {
        requireRoom(model, ids.length, param);
        var form = AnswerForm.of(model.tokenizer(), model.requireChatTemplate(), ids, tools.calls());
        var grammar = StructuredOutputFields.madeIfAny(tools.use() == Use.NEVER ? "response_format" : "tools", () -> form.grammar(text));
        return new ChatPrompt(ids, form.config(SamplingFields.build(settings), grammar), form);
    }

    /**
     * A text that the model goes on with as it is.
     *
     * @param text what it adds must be, for structured output
     * @throws ApiError if it is too long
     */
    public static ChatPrompt ofText(ServedModel model, int[] ids, String param, Optional<Grammar> text, GenerationConfigBuilder settings) {
        requireRoom(model, ids.length, param);
        var form = AnswerForm.ofText(model.tokenizer());
        return new ChatPrompt(ids, form.config(SamplingFields.build(settings), text), form);
    }

    /**
     * The same after tokens of what was said before.
     *
     * @param begin the token with which every text begins, which is not repeated between the two
     */
    public ChatPrompt after(int[] before, OptionalInt begin) {
        var repeated = begin.isPresent() && before.length > 0 && ids[0] == begin.getAsInt() ? 1 : 0;
        var all = Arrays.copyOf(before, before.length + ids.length - repeated);
        System.arraycopy(ids, repeated, all, before.length, ids.length - repeated);
        return new ChatPrompt(all, config, form);
    }

    /** The same with other settings of the answer. */
    public ChatPrompt with(GenerationConfig config) {
        return new ChatPrompt(ids, config, form);
    }

    /**
     * The tokens of a conversation, as many as they are.
     *
     * @param continued whether the answer goes on with the last message, which is the assistant's, rather than follows it
     * @throws ApiError if the model has no template, or it does not take the conversation
     */
    public static int[] ids(ServedModel model, ArrayNode messages, String param, OfferedTools tools, Map<String, JsonNode> variables,
            boolean continued) {
        try {
            var template = model.requireChatTemplate();
            var conversation = ToolTemplate.of(template).conversation(messages, tools.tools(), variables);
            return continued ? template.idsToContinue(model.tokenizer(), conversation) : template.ids(model.tokenizer(), conversation);
        } catch (TokenizerException e) {
            throw ApiError.badRequest(param, "The model's chat template does not take these messages: " + e.getMessage());
        }
    }

    /**
     * Checks that a prompt leaves room for a token.
     *
     * @throws ApiError naming both numbers
     */
    public static void requireRoom(ServedModel model, int length, String param) {
        if (length == 0) throw ApiError.badRequest(param, param + " is empty; the model needs at least one token to start from.");
        if (length < model.contextLength()) return;
        throw ApiError.of(400, TOO_LONG, param,
                "This model's context holds " + model.contextLength() + " tokens, and one is needed for the answer; the "
                        + param + " have " + length + " tokens. Shorten them.");
    }
}
