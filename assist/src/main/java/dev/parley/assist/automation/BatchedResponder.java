package dev.parley.assist.automation;

import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Answers by a model, whose engine batches what is asked at the same time. A model with a chat template is asked as a user asks. */
public final class BatchedResponder implements RowResponder, AutoCloseable {

    private final InferenceEngine engine;
    private final Tokenizer tokenizer;
    private final GenerationConfig config;
    private final String system;
    private final int context;

    /**
     * Starts an engine.
     *
     * @param system an instruction before each prompt, or empty
     * @param limits of the engine, as how many answers are made at once
     */
    public BatchedResponder(CausalLM model, Tokenizer tokenizer, GenerationConfig config, String system, Limits limits) {
        this.tokenizer = tokenizer;
        this.config = config;
        this.system = system;
        context = model.config().maxPositionEmbeddings();
        engine = new InferenceEngine(model, tokenizer, limits);
    }

    @Override
    public Reply ask(String prompt, long seed) {
        var ids = ids(prompt);
        if (ids.length == 0) throw new UnusablePromptException("The prompt has no tokens.");
        if (ids.length >= context)
            throw new UnusablePromptException("The prompt has " + ids.length + " tokens and the model's context holds " + context + ".");
        var form = tokenizer.chatTemplate().map(template -> AnswerForm.of(tokenizer, template, ids, Optional.empty()));
        var settings = config.toBuilder().seed(seed).build();
        var asked = form.map(f -> f.config(settings, f.grammar(settings.grammar()))).orElse(settings);
        return new EngineReply(engine.submit(TextRequest.of(ids, asked), (row, tokens, logprobs, text) -> {}), form);
    }

    private int[] ids(String prompt) {
        var template = tokenizer.chatTemplate();
        if (template.isEmpty()) return tokenizer.encodeForModel(system.isEmpty() ? prompt : system + "\n\n" + prompt);
        var messages = new ArrayList<Message>();
        if (!system.isEmpty()) messages.add(Message.system(system));
        messages.add(Message.user(prompt));
        return template.get().ids(tokenizer, ChatTemplateInput.of(messages).withGenerationPrompt(true));
    }

    private record EngineReply(Ticket ticket, Optional<AnswerForm> form) implements Reply {

        @Override
        public CompletableFuture<Answer> answer() {
            return ticket.answer().thenApply(answer -> {
                var completion = answer.completions().getFirst();
                var text = form.map(f -> AnswerReader.text(f, completion)).orElseGet(completion::text);
                return new Answer(text, completion.ids().length, completion.finishReason() != FinishReason.STOP);
            });
        }

        @Override
        public void cancel() {
            ticket.cancel();
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
