package dev.parley.assist.turn;

import dev.parley.assist.Assistant;
import dev.parley.assist.guard.Decision;
import dev.parley.assist.guard.Guardrails;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.tools.McpServersFile;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.assist.tools.ToolSource;
import dev.parley.assist.tools.Toolbox;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.IndexReport;
import dev.parley.knowledge.KnowledgeBase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An assistant with all that it works with: its knowledge base, brought up to date, its guardrails and its tools. The model comes with
 * each question, so that a server can give one of its own. Threads may share it.
 */
public final class OpenAssistant implements AutoCloseable {

    /**
     * What an assistant needs beside its file.
     *
     * @param indexFolder where its knowledge is indexed
     * @param embedder of the index; stays the caller's
     * @param toolSources that it may call beside the servers of its file; closed with it
     * @param consent to calls that its file does not allow beforehand
     */
    public record Setup(Path indexFolder, Embedder embedder, List<ToolSource> toolSources, Consent consent,
            DecisionLog log, IndexProgress progress) {

        /** Copies the list. */
        public Setup {
            toolSources = List.copyOf(toolSources);
        }

        /** With no tools but those of its file that need no consent, passages found by words alone, and nothing logged. */
        public static Setup plain(Path indexFolder) {
            return new Setup(indexFolder, Embedder.NONE, List.of(), (source, tool, arguments) -> false, DecisionLog.none(),
                    IndexProgress.NONE);
        }

        /** The same with these tools. */
        public Setup withTools(List<ToolSource> toolSources, Consent consent) {
            return new Setup(indexFolder, embedder, toolSources, consent, log, progress);
        }
    }

    private final Assistant assistant;
    private final Setup setup;
    private final Optional<KnowledgeBase> knowledge;
    private final Optional<IndexReport> indexed;
    private final Guardrails guardrails;
    private final List<ToolSource> sources;
    private final Consent allowed;

    private OpenAssistant(Assistant assistant, Setup setup, Optional<KnowledgeBase> knowledge, Optional<IndexReport> indexed) {
        this.assistant = assistant;
        this.setup = setup;
        this.knowledge = knowledge;
        this.indexed = indexed;
        guardrails = assistant.guardrails().with(setup.embedder());
        sources = new ArrayList<>(setup.toolSources());
        for (var server : McpServersFile.servers(assistant.tools().servers(), assistant.tools().where(), System.getenv())) {
            sources.add(new McpToolSource(server, McpToolSource.Limits.DEFAULT));
        }
        allowed = Consent.allowList(Set.copyOf(assistant.tools().allow()), setup.consent());
    }

    /**
     * Opens an assistant, and reads what is new in its folders.
     *
     * @throws dev.parley.knowledge.KnowledgeException if its knowledge cannot be indexed
     */
    public static OpenAssistant open(Assistant assistant, Setup setup) {
        if (assistant.knowledge().isEmpty()) return new OpenAssistant(assistant, setup, Optional.empty(), Optional.empty());
        var base = KnowledgeBase.open(setup.indexFolder(), setup.embedder());
        try {
            var report = base.refresh(assistant.knowledge().get().folders(), setup.progress());
            return new OpenAssistant(assistant, setup, Optional.of(base), Optional.of(report));
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    /** The assistant. */
    public Assistant assistant() {
        return assistant;
    }

    /** What was read as it was opened, if it has knowledge. */
    public Optional<IndexReport> indexed() {
        return indexed;
    }

    /** Its knowledge base, to show a cited passage in its document. */
    public Optional<KnowledgeBase> knowledge() {
        return knowledge;
    }

    /** How it finds passages, if it has knowledge. */
    public Optional<Retrieval> retrieval() {
        return knowledge.map(base -> new Retrieval(base, assistant.knowledge().orElseThrow()));
    }

    /**
     * Answers a message, and waits for the end.
     *
     * @param responder without one, the best passage is quoted
     * @param listener is told of everything as it happens, on this thread
     */
    public TurnResult ask(Optional<Responder> responder, TurnRequest request, TurnEvent.Listener listener) {
        return ask(responder, request, TurnTools.NONE, listener);
    }

    /** The same with tools beside its own, and somebody to ask for consent to calls that nobody else has allowed. */
    public TurnResult ask(Optional<Responder> responder, TurnRequest request, TurnTools tools, TurnEvent.Listener listener) {
        return new Turn(this, responder, request, tools, listener).run();
    }

    /** What its guardrails decide on a text by itself; nothing if it passes. */
    public List<Decision> judge(Stage stage, String text, String language) {
        var guards = new GuardedTexts(guardrails, decision -> {});
        guards.judge(stage, text, TurnContext.of(language));
        return guards.decisions();
    }

    /** The assistant's guardrails, which judge with the help of the embedding model where they can. */
    Guardrails guardrails() {
        return guardrails;
    }

    /** The tools of one turn: its own, and more. It stays open: the sources are not the turn's. */
    Toolbox toolbox(TurnTools more) {
        var all = new ArrayList<>(sources);
        all.addAll(more.sources());
        return new Toolbox(all, (source, tool, arguments) -> allowed.allows(source, tool, arguments)
                || more.consent().allows(source, tool, arguments));
    }

    DecisionLog log() {
        return setup.log();
    }

    @Override
    public void close() {
        new Toolbox(sources, allowed).close();
        knowledge.ifPresent(KnowledgeBase::close);
    }
}
