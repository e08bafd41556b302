package dev.parley.cli;

import dev.parley.assist.Assistant;
import dev.parley.assist.Assistants;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.turn.DecisionLog;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.models.ModelPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The assistants that a server is to have, as they are named on the command line. Nobody can be asked for consent to a call of a tool. */
final class AssistantsOnOffer implements AutoCloseable {

    private final Assistants assistants;
    private final EmbedderOption embedder;
    private final Output output;
    private final Map<String, Embedder> embedders = new HashMap<>(); // by what makes them, for all indexes made by it

    /**
     * @param data the server's folder, in which knowledge is indexed and decisions are logged
     * @param guardModel for assistants that moderate
     */
    AssistantsOnOffer(Path data, Optional<Moderator> guardModel, EmbedderOption embedder, Output output) {
        assistants = new Assistants(data.resolve("assistants"), guardModel);
        this.embedder = embedder;
        this.output = output;
    }

    /** Opens them, which reads what is new in their folders. */
    ServedAssistants open(List<String> names, ModelPool models) {
        var open = new ArrayList<OpenAssistant>();
        try {
            for (var name : names) open.add(open(assistants.find(name), models));
            return ServedAssistants.of(open, models);
        } catch (IOException e) {
            open.forEach(OpenAssistant::close);
            throw new UncheckedIOException("An assistant's file cannot be read: " + e.getMessage() + ".", e);
        } catch (RuntimeException | Error e) {
            open.forEach(OpenAssistant::close);
            throw e;
        }
    }

    private OpenAssistant open(Assistant assistant, ModelPool models) {
        if (assistant.model().isPresent() && ServedAssistants.modelOf(assistant, models).isEmpty()) {
            output.note("The assistant " + assistant.name() + " names the model " + assistant.model().get()
                    + ", which is not served; " + models.defaultId() + " answers for it.");
        }
        var index = assistants.indexFolder(assistant);
        var vectors = assistant.knowledge().isEmpty() ? Embedder.NONE : shared(embedder.toIndex(index, output));
        var open = OpenAssistant.open(assistant, new OpenAssistant.Setup(index, vectors, List.of(), (source, tool, arguments) -> false,
                DecisionLog.in(assistants.decisionsFile()), IndexProgress.NONE));
        open.indexed().ifPresent(report -> report.faults().forEach(fault -> output.note(fault.source() + ": " + fault.sentence())));
        return open;
    }

    private Embedder shared(Embedder opened) {
        var known = embedders.putIfAbsent(opened.id(), opened);
        if (known == null) return opened;
        opened.close();
        return known;
    }

    /** Frees what made vectors, once the assistants are closed. */
    @Override
    public void close() {
        embedders.values().forEach(Embedder::close);
    }
}
