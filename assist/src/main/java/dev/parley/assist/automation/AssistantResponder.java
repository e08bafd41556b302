package dev.parley.assist.automation;

import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.assist.turn.TurnResult.Ending;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Answers by an assistant: each prompt is the first message of a conversation of its own, with the assistant's instructions, knowledge,
 * guardrails and tools. What a guardrail says in the answer's place, and that nothing was found, is no text for a row: such rows fail.
 */
public final class AssistantResponder implements RowResponder, AutoCloseable {

    private final OpenAssistant assistant;
    private final Supplier<Responder> responders;
    private final Optional<OutputForm> form;
    private final UnaryOperator<GenerationConfig> settings;
    private final ExecutorService turns = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param assistant stays the caller's
     * @param responders makes one for each turn
     * @param form in place of the assistant's own
     * @param settings what is asked for over the assistant's own settings
     */
    public AssistantResponder(OpenAssistant assistant, Supplier<Responder> responders, Optional<OutputForm> form,
            UnaryOperator<GenerationConfig> settings) {
        this.assistant = assistant;
        this.responders = responders;
        this.form = form;
        this.settings = settings;
    }

    @Override
    public Reply ask(String prompt, long seed) {
        var responder = new Seeded(responders.get(), config -> settings.apply(config).toBuilder().seed(seed).build());
        var request = new TurnRequest(List.of(), prompt, form, List.of());
        return new TurnReply(CompletableFuture.supplyAsync(() -> answer(responder, request), turns), responder);
    }

    private Answer answer(Responder responder, TurnRequest request) {
        TurnResult result;
        try {
            result = assistant.ask(Optional.of(responder), request, event -> {});
        } catch (AssistantException e) {
            throw new UnusablePromptException(e.getMessage()); // it does not fit into the model's context
        }
        if (result.ending() != Ending.ANSWERED) throw new DeclinedException(declined(result));
        var usage = result.usage().orElseThrow();
        return new Answer(result.answer(), usage.completionTokens(), !usage.finishReason().equals(FinishReason.STOP.label()));
    }

    private String declined(TurnResult result) {
        var name = assistant.assistant().name();
        if (result.ending() == Ending.UNKNOWN) return "The assistant " + name + " found nothing about it in its documents.";
        var decision = result.decisions().getLast();
        return "The guardrail " + decision.guardrail() + " of " + name + " answered in the model's place: " + decision.reason();
    }

    private record TurnReply(CompletableFuture<Answer> answer, Seeded responder) implements Reply {

        @Override
        public void cancel() {
            responder.stop();
        }
    }

    /** Asks with settings of its own, and not at all once it was stopped. */
    private static final class Seeded implements Responder {

        private final Responder model;
        private final UnaryOperator<GenerationConfig> settings;
        private volatile boolean stopped;

        Seeded(Responder model, UnaryOperator<GenerationConfig> settings) {
            this.model = model;
            this.settings = settings;
        }

        @Override
        public String model() {
            return model.model();
        }

        @Override
        public GenerationConfig recommended() {
            return model.recommended();
        }

        private Prompt with(Prompt prompt) {
            return new Prompt(prompt.messages(), prompt.tools(), settings.apply(prompt.config()));
        }

        @Override
        public boolean fits(Prompt prompt) {
            return model.fits(with(prompt));
        }

        @Override
        public Responder.Reply respond(Prompt prompt, Consumer<String> onText) {
            return respond(prompt, thought -> {}, onText);
        }

        @Override
        public Responder.Reply respond(Prompt prompt, Consumer<String> onThought, Consumer<String> onText) {
            if (stopped) throw new CancellationException("The run was stopped.");
            return model.respond(with(prompt), onThought, onText);
        }

        @Override
        public void stop() {
            stopped = true;
            model.stop();
        }
    }

    @Override
    public void close() {
        turns.close();
    }
}
