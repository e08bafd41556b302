package dev.parley.cli;

import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.EngineCaller;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.model.Adapter;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A conversation with a model. Its engine stays, and with it what was read: each turn reads what is new. */
final class TerminalChat implements AutoCloseable {

    private final InferenceEngine engine;
    private final Optional<Adapter> adapter;
    private final EngineCaller caller;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final GenerationConfig config;
    private final int context;
    private final List<Message> messages = new ArrayList<>();

    /**
     * @param adapter that changes the model, if one does
     * @param draft drafts tokens, if there is one
     */
    TerminalChat(CausalLM model, Optional<Adapter> adapter, Tokenizer tokenizer, ChatTemplate template, Optional<CausalLM> draft,
            GenerationConfig config) {
        this.adapter = adapter;
        this.tokenizer = tokenizer;
        this.template = template;
        this.config = config;
        context = model.config().maxPositionEmbeddings();
        engine = new InferenceEngine(model, tokenizer, draft, Limits.DEFAULT);
        caller = new EngineCaller(engine);
    }

    /** In tokens. */
    int context() {
        return context;
    }

    InferenceEngine engine() {
        return engine;
    }

    /** Begins a new conversation. @param system its instruction; blank for none */
    void begin(String system) {
        messages.clear();
        if (!system.isBlank()) messages.add(Message.system(system));
    }

    /** Adds a question, and leaves out the oldest turns where need be. A question that leaves no room for an answer is not kept. */
    FittedConversation ask(String question) {
        caller.ready();
        messages.add(Message.user(question));
        var fitted = FittedConversation.of(tokenizer, template, messages, context, config.maxNewTokens());
        var first = messages.getFirst().role().equals("system") ? 1 : 0;
        messages.subList(first, first + fitted.forgottenTurns()).clear();
        if (!fitted.hasRoom()) messages.removeLast();
        return fitted;
    }

    /** Answers the last question. @param onText takes each piece of the answer as soon as it is certain, but no thoughts */
    Answer answer(FittedConversation asked, Consumer<String> onText) {
        return answer(asked, thought -> {}, onText);
    }

    /**
     * Answers the last question, and keeps the answer without what was thought before it.
     *
     * @param onThought takes each piece of the thoughts of a model that thinks
     * @param onText takes each piece of the answer as soon as it is certain
     */
    Answer answer(FittedConversation asked, Consumer<String> onThought, Consumer<String> onText) {
        var said = new StringBuilder();
        var form = AnswerForm.of(tokenizer, template, asked.ids(), Optional.empty());
        var reader = new AnswerReader(form, new Heard(onThought, piece -> {
            said.append(piece);
            onText.accept(piece);
        }));
        var request = TextRequest.of(asked.ids(), form.config(config, form.grammar(config.grammar())));
        var ended = caller.answer(adapter.map(request::with).orElse(request), (sequence, ids, text) -> {
            if (sequence == 0) reader.push(ids, text);
        });
        reader.finish(ended.completions().getFirst().finishReason());
        messages.add(Message.assistant(said.toString()));
        return ended;
    }

    private record Heard(Consumer<String> thoughts, Consumer<String> text) implements AnswerReader.TextListener {

        @Override
        public void onThought(String piece) {
            thoughts.accept(piece);
        }

        @Override
        public void onText(String piece) {
            text.accept(piece);
        }
    }

    /** Ends the answer that is being given, where it is. */
    void stop() {
        caller.stop();
    }

    @Override
    public void close() {
        engine.close();
    }
}
