package dev.parley.serve.chat.running;

import dev.parley.assist.turn.TurnRequest;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool;
import java.util.List;
import java.util.Optional;

/**
 * An assistant, whose answers are turns of {@link dev.parley.assist.turn.OpenAssistant}.
 *
 * @param models of which one answers for it
 */
record OfAssistant(Served assistant, ModelPool models) implements Answerer {

    @Override
    public String name() {
        return assistant.name();
    }

    @Override
    public boolean isAssistant() {
        return true;
    }

    @Override
    public Runnable begin(Question question, RunningAnswer to) {
        var run = new TurnRun(assistant, models, request(question), to);
        Thread.ofVirtual().name("parley-turn-" + to.message().id()).start(run);
        return run::stop;
    }

    private static TurnRequest request(Question question) {
        var turns = question.messages();
        var asked = turns.getLast().content();
        if (asked.isBlank()) throw ApiError.badRequest("parent", "An empty message cannot be answered.");
        return new TurnRequest(turns.subList(0, turns.size() - 1), asked, Optional.empty(), List.of());
    }

    /** It has taken nothing yet. */
    @Override
    public void close() {}
}
