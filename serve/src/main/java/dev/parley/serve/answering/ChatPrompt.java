package dev.parley.serve.answering;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.grammar.Grammar;
import dev.parley.serve.answering.OfferedTools.Use;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.sampling.StructuredOutputFields;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * @param calls how calls of functions are told in the answer; empty where no function may be called
 * @param thinking how thoughts are; empty for a model that does not think
 */
public record ChatPrompt(int[] ids, GenerationConfig config, Optional<Calls> calls, Optional<Thinking> thinking) {

    /** The word for programs in the error of a prompt that is too long. */
    public static final String TOO_LONG = "context_length_exceeded";

    /**
     * How thoughts are told from the answer.
     *
     * @param opened whether the prompt ends within them
     */
    public record Thinking(ThinkingFormat format, boolean opened) {

        private static Optional<Thinking> of(ServedModel model, int[] ids) {
            return ThinkingFormat.of(model.requireChatTemplate())
                    .map(format -> new Thinking(format, format.isOpenAtEnd(model.tokenizer(), ids)));
        }
    }

    /**
     * How calls are told.
     *
     * @param opened whether the prompt ends within the calls
     * @param opener the token with which they begin, where that has no text
     */
    public record Calls(ToolFormat format, OfferedTools tools, boolean opened, OptionalInt opener) {}

    /**
     * Writes a conversation by the model's chat template.
     *
     * @param messages as chat templates read them, the arguments of calls as JSON in a string
     * @param variables more that the template may read
     * @param grammar of the answer's text, for structured output
     * @param settings of sampling; the grammar is added to them
     * @throws ApiError if the model has no template, or it does not take the conversation, or it is too long
     */
    public static ChatPrompt of(ServedModel model, ArrayNode messages, OfferedTools tools, Map<String, JsonNode> variables,
            Optional<Grammar> grammar,
            GenerationConfigBuilder settings) {
        return of(model, messages, "messages", tools, variables, grammar, settings);
    }

    /**
     * The same for requests that bring the messages otherwise.
     *
     * @param param the field that they come from
     */
    public static ChatPrompt of(ServedModel model, ArrayNode messages, String param, OfferedTools tools, Map<String, JsonNode> variables,
            Optional<Grammar> grammar,
            GenerationConfigBuilder settings) {
        var template = ToolTemplate.of(model.requireChatTemplate());
        var ids = encoded(model, messages, param, tools, variables);
        var calls = tools.use() == Use.NEVER ? Optional.<Calls>empty() : Optional.of(calls(model.tokenizer(), template.format(), tools));
        if (calls.isPresent() && calls.get().opened()) {
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = calls.get().opener().orElseThrow();
        }
        requireRoom(model, ids.length, param);
        calls.flatMap(c -> grammar(c, grammar)).or(() -> grammar).ifPresent(settings::grammar);
        var config = SamplingFields.build(settings);
        if (calls.isPresent() && config.grammar().isEmpty()) config = endedAfterOneCall(calls.get(), config);
        return new ChatPrompt(ids, config, calls, Thinking.of(model, ids));
    }

    /**
     * A text that the model goes on with as it is.
     *
     * @param grammar of what it adds
     * @throws ApiError if it is too long
     */
    public static ChatPrompt ofText(ServedModel model, int[] ids, String param, Optional<Grammar> grammar,
            GenerationConfigBuilder settings) {
        requireRoom(model, ids.length, param);
        grammar.ifPresent(settings::grammar);
        return new ChatPrompt(ids, SamplingFields.build(settings), Optional.empty(), Optional.empty());
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
        return new ChatPrompt(all, config, calls, thinking);
    }

    /** The same with other settings of the answer. */
    public ChatPrompt with(GenerationConfig config) {
        return new ChatPrompt(ids, config, calls, thinking);
    }

    /**
     * The tokens of a conversation by the model's chat template, however many they are.
     *
     * @throws ApiError if the model has no template, or it does not take the conversation
     */
    public static int[] encoded(ServedModel model, ArrayNode messages, String param, OfferedTools tools, Map<String, JsonNode> variables) {
        var template = ToolTemplate.of(model.requireChatTemplate());
        try {
            return model.requireChatTemplate().ids(model.tokenizer(), template.conversation(messages, tools.tools(), variables));
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

    private static Calls calls(Tokenizer tokenizer, ToolFormat format, OfferedTools tools) {
        var opener = format.opener().map(tokenizer::idOf).orElse(OptionalInt.empty());
        // it has a text after all
        if (opener.isPresent() && tokenizer.textBytes(opener.getAsInt(), false).length > 0) opener = OptionalInt.empty();
        return new Calls(format, tools, tools.use() == Use.ALWAYS && opener.isPresent(), opener);
    }

    /** A required call is the grammar; an optional one stands beside the grammar of the text. */
    private static Optional<Grammar> grammar(Calls calls, Optional<Grammar> grammar) {
        var tools = calls.tools();
        if (tools.use() == Use.AS_IT_LIKES && grammar.isEmpty()) return Optional.empty();
        return Optional.of(StructuredOutputFields.made("tools", 0, () -> {
            var ofCalls = calls.format().calls(tools.callableGrammars(), tools.several(), calls.opened());
            return tools.use() == Use.ALWAYS ? ofCalls : Grammar.anyOf(List.of(grammar.orElseThrow(), ofCalls));
        }));
    }

    private static GenerationConfig endedAfterOneCall(Calls calls, GenerationConfig config) {
        var end = calls.format().endOfOneCall();
        if (calls.tools().several() || end.isEmpty()) return config;
        var stops = new ArrayList<>(config.stopStrings());
        stops.add(end.get());
        return config.toBuilder().stopStrings(stops).build();
    }
}
