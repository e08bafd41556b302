package dev.parley.serve.assistants;

import dev.parley.assist.Assistant;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.serve.models.ModelPool;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The assistants of a server, by their names, which are none of its models'. */
public final class ServedAssistants implements AutoCloseable {

    /** None at all. */
    public static final ServedAssistants NONE = new ServedAssistants(Map.of());

    /**
     * An assistant with the model that answers for it.
     *
     * @param model its name among the served ones
     */
    public record Served(OpenAssistant open, String model, Instant openedAt) {

        /** The name that requests use. */
        public String name() {
            return open.assistant().name();
        }
    }

    private final Map<String, Served> assistants;

    private ServedAssistants(Map<String, Served> assistants) {
        this.assistants = assistants;
    }

    /**
     * Assistants that the models of a server answer for.
     *
     * @param open are closed with this
     * @throws IllegalArgumentException if two have the same name, or one has a model's
     */
    public static ServedAssistants of(List<OpenAssistant> open, ModelPool models) {
        var byName = new LinkedHashMap<String, Served>();
        for (var one : open) {
            var name = one.assistant().name();
            if (servedAs(name, models).isPresent()) {
                throw new IllegalArgumentException(
                        "The assistant " + name + " has the name of a model; give the model another: NAME=MODEL.");
            }
            var model = modelOf(one.assistant(), models).orElse(models.defaultId());
            if (byName.put(name, new Served(one, model, Instant.now())) != null)
                throw new IllegalArgumentException("Two assistants have the name " + name + "; change it in one of the files.");
        }
        return new ServedAssistants(byName);
    }

    /** The served model that an assistant's file names, by its name or its folder's; empty if it names none that is served. */
    public static Optional<String> modelOf(Assistant assistant, ModelPool models) {
        return assistant.model().flatMap(name -> servedAs(name, models).or(() -> servedAs(Path.of(name).getFileName().toString(), models)));
    }

    private static Optional<String> servedAs(String name, ModelPool models) {
        return models.all().stream().map(ModelPool.Info::source)
                .filter(source -> source.id().equals(name) || source.aliases().contains(name)).map(source -> source.id()).findFirst();
    }

    /** In the order in which they were named. */
    public Collection<Served> all() {
        return assistants.values();
    }

    /** One by its name. */
    public Optional<Served> find(String name) {
        return Optional.ofNullable(assistants.get(name));
    }

    @Override
    public void close() {
        assistants.values().forEach(served -> served.open().close());
    }
}
