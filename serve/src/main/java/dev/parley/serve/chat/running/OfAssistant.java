package dev.parley.serve.chat.running;

import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.assistants.ServedResponder;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.models.ModelPool;

/**
 * An assistant, whose answers are turns of {@link dev.parley.assist.turn.OpenAssistant}.
 *
 * @param models of which one answers for it
 * @param sources that the conversation adds to its own
 */
record OfAssistant(Served assistant, ModelPool models, ConversationSources sources) implements Answerer {

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
        var run = new TurnRun(assistant.name(), assistant.open(), responder, presence, question.messages(), sources, to);
        Thread.ofVirtual().name("parley-turn-" + to.message().id()).start(run);
        return run::stop;
    }

    /** It has taken nothing yet. */
    @Override
    public void close() {}
}
