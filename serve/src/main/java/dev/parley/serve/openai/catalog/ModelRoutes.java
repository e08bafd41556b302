package dev.parley.serve.openai.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.ModelForm;
import dev.parley.serve.assistants.AssistantCard;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * {@code /v1/models}: what is served, in OpenAI's shape, with the context's length, the state and other names of each, or in
 * that of another API whose clients ask here too. Assistants stand after the models, with what they say of themselves.
 */
public final class ModelRoutes implements Routes {

    private final ModelPool models;
    private final long started = Instant.now().getEpochSecond();

    private final ServedAssistants assistants;
    private final ModelForm other;

    /**
     * Routes that list these models and assistants.
     *
     * @param other the shape for clients of another API
     */
    public ModelRoutes(ModelPool models, ServedAssistants assistants, ModelForm other) {
        this.models = models;
        this.assistants = assistants;
        this.other = other;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/v1/models", this::list);
        routes.get("/v1/models/<model>", this::one); // a model's name may have a slash
    }

    private void list(Context request) {
        if (other.isWanted(request)) {
            var all = Stream.concat(models.all().stream().flatMap(info -> Stream.concat(Stream.of(info.source().id()),
                    info.source().adaptedNames().stream()).map(name -> other(info, name))), assistants.all().stream().map(this::other));
            JsonBody.write(request, other.list(all.toList()));
            return;
        }
        var list = JsonNodeFactory.instance.objectNode().put("object", "list");
        var data = list.putArray("data");
        for (var info : models.all()) {
            data.add(json(info));
            for (var name : info.source().adaptedNames()) data.add(json(info, name));
        }
        for (var assistant : assistants.all()) data.add(json(assistant));
        JsonBody.write(request, list);
    }

    private void one(Context request) {
        var name = request.pathParam("model");
        var assistant = assistants.find(name);
        if (other.isWanted(request))
            JsonBody.write(request, assistant.map(this::other).orElseGet(() -> other(models.info(name), name)));
        else JsonBody.write(request, assistant.map(this::json).orElseGet(() -> json(models.info(name), name)));
    }

    /** @param name its own or an alias, or that of an adapter of it */
    private ObjectNode other(ModelPool.Info info, String name) {
        var id = info.source().adapterCalled(name).isPresent() ? name : info.source().id();
        return other.one(id, Instant.ofEpochSecond(started), contextLength(info));
    }

    /** As above; an adapter names the model that it changes, in the words of others who serve adapters. */
    private ObjectNode json(ModelPool.Info info, String name) {
        var json = json(info);
        if (info.source().adapterCalled(name).isEmpty()) return json;
        json.putArray("aliases");
        return json.put("id", name).put("root", info.source().id()).put("parent", info.source().id());
    }

    private ObjectNode other(Served served) {
        return other.one(served.name(), served.openedAt(), contextLength(models.info(served.model())));
    }

    /** An assistant: state and context are those of the model that answers for it. */
    private ObjectNode json(Served served) {
        var json = json(models.info(served.model())).put("id", served.name());
        json.putArray("aliases");
        json.set("assistant", AssistantCard.of(served));
        return json;
    }

    private ObjectNode json(ModelPool.Info info) {
        var json = JsonNodeFactory.instance.objectNode().put("id", info.source().id()).put("object", "model").put("created", started)
                .put("owned_by", "parley")
                .put("state", state(info));
        contextLength(json, info);
        var aliases = json.putArray("aliases");
        info.source().aliases().forEach(aliases::add);
        return json;
    }

    /** In the words of the API. */
    static String state(ModelPool.Info info) {
        return info.state().name().toLowerCase(Locale.ROOT);
    }

    private static int contextLength(ModelPool.Info info) {
        return info.model().map(ServedModel::contextLength).orElse(info.source().contextLength());
    }

    /** Puts the length of the context; none where it is known only once the model is loaded. */
    static void contextLength(ObjectNode json, ModelPool.Info info) {
        var length = contextLength(info);
        if (length > 0) json.put("context_length", length);
        else json.putNull("context_length");
    }
}
