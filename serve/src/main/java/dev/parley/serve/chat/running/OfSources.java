package dev.parley.serve.chat.running;

import dev.parley.assist.Assistant;
import dev.parley.assist.guard.Guardrails;
import dev.parley.assist.guard.InjectionGuardrail;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.serve.Lazy;
import dev.parley.serve.assistants.ServedResponder;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.chat.running.TurnRun.Asked;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.Lease;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.work.ComputePool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model with documents or tools: its answer is the turn of an assistant that says nothing but what the conversation's system prompt
 * says.
 *
 * @param lease of the model, until the turn has its own
 */
record OfSources(Lease lease, ModelPool models, ConversationSources sources) implements Answerer {

    private static final Lazy<Guardrails> GUARDRAILS = Lazy.of(() -> new Guardrails(List.of(new InjectionGuardrail())));

    @Override
    public String name() {
        return lease.id();
    }

    @Override
    public boolean isAssistant() {
        return false;
    }

    @Override
    public boolean isTurn() {
        return true;
    }

    @Override
    public Runnable begin(Question question, RunningAnswer to) {
        var config = config(question);
        var turns = question.messages();
        var system = turns.getFirst().role().equals("system") ? turns.getFirst().content() : "";
        var open = OpenAssistant.open(Assistant.of(lease.id(), system, GUARDRAILS.get()), OpenAssistant.Setup.plain(Path.of("")));
        var presence = new UntilStopped();
        var responder = new ServedResponder(models, lease.id(), to.caller(), presence, model -> config);
        var run = new TurnRun("", open, responder, presence,
                new Asked(turns.subList(system.isEmpty() ? 0 : 1, turns.size()), Optional.empty()), sources, to);
        Thread.ofVirtual().name("parley-turn-" + to.message().id()).start(run);
        lease.close();
        return run::stop;
    }

    /** What is wrong with the settings is told before the answer begins. Grammars may take a while. */
    private GenerationConfig config(Question question) {
        lease.model().requireChatTemplate();
        return ComputePool.shared().run(question.owner(), () -> {},
                () -> SamplingFields.ofAnswer(JsonFields.of(question.settings(), "settings"), lease.model(), -1));
    }

    @Override
    public void close() {
        lease.close();
    }
}
