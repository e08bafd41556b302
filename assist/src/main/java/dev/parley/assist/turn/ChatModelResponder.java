package dev.parley.assist.turn;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.EngineCaller;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Tokenizer;
import java.util.function.Consumer;

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
     * Starts an engine for one turn after the other.
     *
     * @param model stays the caller's
     * @param template of the model
     * @param recommended settings, with the tokens that end an answer
     */
    public ChatModelResponder(String name, CausalLM model, Tokenizer tokenizer, ChatTemplate template, GenerationConfig recommended) {
        this(name, model, tokenizer, template, recommended, Limits.DEFAULT);
    }

    /** The same, with limits of the engine for many turns at once ({@link #beside}). */
    public ChatModelResponder(String name, CausalLM model, Tokenizer tokenizer, ChatTemplate template, GenerationConfig recommended,
            Limits limits) {
        this(name, tokenizer, template, recommended, new InferenceEngine(model, tokenizer, limits),
                model.config().maxPositionEmbeddings());
    }

    private ChatModelResponder(String name, Tokenizer tokenizer, ChatTemplate template, GenerationConfig recommended,
            InferenceEngine engine, int context) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.template = template;
        this.recommended = recommended;
        this.engine = engine;
        this.context = context;
        caller = new EngineCaller(engine);
    }

    /** A responder for another turn at the same time, by the same engine, which stays this one's. */
    public Responder beside() {
        return new ChatModelResponder(name, tokenizer, template, recommended, engine, context);
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
        return prompt.fitted(tokenizer, template, context);
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onText) {
        return respond(prompt, thought -> {}, onText);
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onThought, Consumer<String> onText) {
        caller.ready();
        var fitted = fitted(prompt);
        var form = prompt.form(tokenizer, template, fitted);
        var reading = new CallReading(form, onThought, onText);
        var config = form.config(prompt.config(), form.grammar(prompt.config().grammar()));
        var answer = caller.answer(TextRequest.of(fitted.ids(), config), (sequence, ids, text) -> {
            if (prompt.config().numReturnSequences() == 1) reading.push(ids, text);
        });
        return reading.reply(answer.completions(), prompt.config(), fitted);
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
