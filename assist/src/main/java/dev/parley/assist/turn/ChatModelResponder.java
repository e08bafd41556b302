package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.EngineCaller;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Tokenizer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** A chat model of this program, with an engine of its own: what was read stays, and each turn reads what is new. */
public final class ChatModelResponder implements Responder, AutoCloseable {

    private final String name;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final GenerationConfig recommended;
    private final InferenceEngine engine;
    private final EngineCaller caller;
    private final int context;

    /**
     * @param model stays the caller's
     * @param template of the model
     * @param recommended settings, with the tokens that end an answer
     */
    public ChatModelResponder(String name, CausalLM model, Tokenizer tokenizer, ChatTemplate template, GenerationConfig recommended) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.template = template;
        this.recommended = recommended;
        context = model.config().maxPositionEmbeddings();
        engine = new InferenceEngine(model, tokenizer, Limits.DEFAULT);
        caller = new EngineCaller(engine);
    }

    @Override
    public String model() {
        return name;
    }

    @Override
    public GenerationConfig recommended() {
        return recommended;
    }

    @Override
    public boolean fits(Prompt prompt) {
        return fitted(prompt).hasRoom();
    }

    private FittedConversation fitted(Prompt prompt) {
        var tools = ToolTemplate.of(template);
        var messages = StreamSupport.stream(prompt.messages().spliterator(), false).toList();
        return FittedConversation.of(messages, message -> message.path("role").asText(), turns -> {
            var array = JsonNodeFactory.instance.arrayNode().addAll(turns);
            return template.ids(tokenizer, tools.conversation(array, prompt.tools(), Map.<String, JsonNode>of()));
        }, context, prompt.config().maxNewTokens());
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onText) {
        caller.ready();
        var fitted = fitted(prompt);
        var reading = new CallReading(ToolTemplate.of(template).format(), prompt.tools(), tokenizer, onText);
        var alone = prompt.config().numReturnSequences() == 1;
        var answer = caller.answer(TextRequest.of(fitted.ids(), prompt.config()), (sequence, ids, text) -> {
            if (alone) reading.push(ids, text);
        });
        var best = best(answer.completions());
        if (!alone) reading.push(best.ids(), best.text());
        reading.finish(best.finishReason());
        return new Reply(reading.text(), reading.calls(), best.finishReason(), fitted.ids().length,
                answer.completions().stream().mapToInt(c -> c.ids().length).sum(), meanLogprob(best), fitted.forgottenTurns());
    }

    /** The one whose tokens are the likeliest on average, by the model's own scores. */
    private static Completion best(List<Completion> completions) {
        return completions.stream().max(Comparator.comparingDouble(c -> meanLogprob(c).orElse(0))).orElseThrow();
    }

    private static OptionalDouble meanLogprob(Completion completion) {
        return completion.logprobs().stream().mapToDouble(TokenLogprob::logprob).average();
    }

    @Override
    public void stop() {
        caller.stop();
    }

    @Override
    public void close() {
        engine.close();
    }
}
