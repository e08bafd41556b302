package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** A chat model that a turn asks: an engine of its own, or one of a server's. A responder answers one turn at a time. */
public interface Responder {

    /**
     * What the model is asked.
     *
     * @param messages in the shape of OpenAI's API, a system message first; calls and results of tools among them
     * @param tools that it may call; may be empty
     * @param config with several sequences where the best of them is wanted
     */
    record Prompt(ArrayNode messages, List<Tool> tools, GenerationConfig config) {

        /**
         * As tokens, without the oldest turns where the context is full.
         *
         * @param context tokens of the prompt and its answer
         */
        public FittedConversation fitted(Tokenizer tokenizer, ChatTemplate template, int context) {
            var turns = StreamSupport.stream(messages.spliterator(), false).toList();
            return FittedConversation.of(turns, message -> message.path("role").asText(), kept -> {
                var array = JsonNodeFactory.instance.arrayNode().addAll(kept);
                return template.ids(tokenizer, ToolTemplate.of(template).conversation(array, tools, ThinkingFormat.variables(config)));
            }, context, config.maxNewTokens());
        }

        /** How the answer to it is written. */
        public AnswerForm form(Tokenizer tokenizer, ChatTemplate template, FittedConversation fitted) {
            return AnswerForm.of(tokenizer, template, fitted.ids(),
                    tools.isEmpty() ? Optional.empty() : Optional.of(AnswerForm.Calls.asItLikes(tools)));
        }
    }

    /**
     * A call of a tool.
     *
     * @param arguments as the model wrote them: JSON, if it did well
     */
    record Call(String name, String arguments) {}

    /**
     * What it answered.
     *
     * @param text outside of calls
     * @param meanLogprob of the answer's tokens, where several were made
     * @param forgottenTurns that the model's context had no room for, the oldest
     */
    record Reply(String text, List<Call> calls, FinishReason finishReason, int promptTokens, int completionTokens,
            OptionalDouble meanLogprob, int forgottenTurns) {}

    /** The model's name. */
    String model();

    /** The settings that the model recommends, with the tokens that end its answers. */
    GenerationConfig recommended();

    /** Whether the system prompt and the last turn leave room for an answer. */
    boolean fits(Prompt prompt);

    /**
     * Asks, and waits for the end. The oldest turns are left out where the context is full.
     *
     * @param onText takes each piece of text outside of calls as soon as it is certain; of several sequences, that of the best at the end
     */
    Reply respond(Prompt prompt, Consumer<String> onText);

    /**
     * The same with the thoughts of a model that thinks before it answers.
     *
     * @param onThought takes each piece of them
     */
    default Reply respond(Prompt prompt, Consumer<String> onThought, Consumer<String> onText) {
        return respond(prompt, onText);
    }

    /** Ends the answer that is being given, where it is. Called from another thread. */
    void stop();
}
