package dev.parley.serve.chat.running;

import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.assistants.ServedResponder;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.chat.running.TurnRun.Asked;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool;
import java.util.Optional;

/**
 * An assistant, whose answers are turns of {@link dev.parley.assist.turn.OpenAssistant}.
 *
 * @param models of which one answers for it
 * @param sources that the conversation adds to its own
 */
record OfAssistant(Served assistant, ModelPool models, ConversationSources sources) implements Answerer {

    /** The setting that an assistant takes: the name of one of its forms, which the answer keeps. */
    static final String FORM = "form";

    @Override
    public String name() {
        return assistant.name();
    }

    @Override
    public boolean isAssistant() {
        return true;
    }

    @Override
    public boolean isTurn() {
        return true;
    }

    @Override
    public Runnable begin(Question question, RunningAnswer to) {
        var presence = new UntilStopped();
        var responder = new ServedResponder(models, assistant.model(), to.caller(), presence);
        var run = new TurnRun(assistant.name(), assistant.open(), responder, presence,
                new Asked(question.messages(), form(question)), sources, to);
        Thread.ofVirtual().name("parley-turn-" + to.message().id()).start(run);
        return run::stop;
    }

    private Optional<OutputForm> form(Question question) {
        var name = question.settings().path(FORM).asText();
        try {
            return name.isEmpty() ? Optional.empty() : Optional.of(assistant.open().assistant().form(name));
        } catch (AssistantException e) {
            throw ApiError.badRequest("settings." + FORM, e.getMessage());
        }
    }

    /** It has taken nothing yet. */
    @Override
    public void close() {}
}
