package dev.parley.serve.ollama;

import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.Lease;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.models.ServedModel;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The models of a server by the names that Ollama's clients use: with a tag, {@code :latest} where nobody says one, and whatever the case
 * of their letters.
 */
record NamedModels(ModelPool models, ServedAssistants assistants) {

    private static final String LATEST = ":latest";
    private static final List<String> HUBS = List.of("hf.co/", "huggingface.co/");
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(10); // Ollama's clients do not come back by themselves

    /** The field {@code model}, which older clients call {@code name}. */
    static String read(JsonFields fields) {
        var older = fields.string("name");
        return fields.string("model").or(() -> older).map(String::strip).filter(name -> !name.isEmpty())
                .orElseThrow(() -> ApiError.badRequest("model", "model is required"));
    }

    /** A name with its tag, as lists of models have it. */
    static String tagged(String id) {
        return id.indexOf(':', id.lastIndexOf('/') + 1) < 0 ? id + LATEST : id;
    }

    /** A name without the hub's address, which Ollama has before models of the hub, and without a tag that says nothing. */
    static String plain(String name) {
        var hub = HUBS.stream().filter(name::startsWith).findFirst().map(String::length).orElse(0);
        var ofHub = name.substring(hub);
        return ofHub.endsWith(LATEST) ? ofHub.substring(0, ofHub.length() - LATEST.length()) : ofHub;
    }

    /** An assistant of this name, if there is one. */
    Optional<Served> assistant(String name) {
        return assistants.find(name).or(() -> assistants.find(plain(name)));
    }

    /**
     * The name of a model among the served ones.
     *
     * @throws ApiError 404 if there is none
     */
    String id(String name) {
        return find(name).orElseThrow(() -> ApiError.of(404, "model_not_found", "model '" + shown(name) + "' not found; this server has "
                + String.join(", ", models.all().stream().map(info -> info.source().id()).toList())));
    }

    /** Whether there is a model or an assistant of this name. */
    boolean isServed(String name) {
        return assistant(name).isPresent() || find(name).isPresent();
    }

    private Optional<String> find(String name) {
        var known = models.all().stream().map(ModelPool.Info::source).toList();
        for (var wanted : List.of(name, plain(name))) {
            for (var source : known) {
                if (source.id().equals(wanted) || source.aliases().contains(wanted)) return Optional.of(source.id());
                if (source.adapterCalled(wanted).isPresent()) return Optional.of(wanted);
            }
        }
        return known.stream().map(ModelSource::id).filter(id -> id.equalsIgnoreCase(plain(name))).findFirst();
    }

    private static String shown(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }

    /** What a request asks of a model that is there. */
    @FunctionalInterface
    interface Use {

        /** @param loaded when the model was there, by {@link System#nanoTime} */
        void of(ServedModel model, long loaded);
    }

    /**
     * Uses a model, or, for a request that asks nothing, loads it or lets it go.
     *
     * @param name as the request has it
     */
    void use(Context request, String name, KeepAlive keep, boolean asksNothing, Answer json, Use use) {
        var id = id(name);
        RequestNotes.of(request).model(id);
        if (asksNothing && keep.unloads()) {
            keep.tell(models, id);
            JsonBody.write(request, json.nothing("unload"));
            return;
        }
        try (var lease = lease(request, id)) {
            var loaded = System.nanoTime();
            keep.tell(models, id);
            if (asksNothing) JsonBody.write(request, json.nothing("load"));
            else use.of(lease.model(), loaded);
        }
    }

    /**
     * A model for use, waited for as long as it takes to load, while the client is there.
     *
     * @param id of a served model
     */
    Lease lease(Context request, String id) {
        var deadline = System.nanoTime() + LONGEST_LOAD.toNanos();
        while (true) {
            try {
                return models.lease(Optional.of(id));
            } catch (ApiError e) {
                if (!e.code().equals("model_loading") || System.nanoTime() > deadline) throw e;
                ClientPresence.of(request).requireThere();
            }
        }
    }
}
