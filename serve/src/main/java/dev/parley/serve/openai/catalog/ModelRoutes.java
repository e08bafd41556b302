package dev.parley.serve.openai.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.Locale;

/** {@code /v1/models}: what is served, in OpenAI's shape, with the context's length, the state and other names of each. */
public final class ModelRoutes implements Routes {

    private final ModelPool models;
    private final long started = Instant.now().getEpochSecond();

    /** Routes that list these models. */
    public ModelRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/v1/models", this::list);
        routes.get("/v1/models/<model>", this::one); // a model's name may have a slash
    }

    private void list(Context request) {
        var list = JsonNodeFactory.instance.objectNode().put("object", "list");
        var data = list.putArray("data");
        for (var info : models.all()) data.add(json(info));
        JsonBody.write(request, list);
    }

    private void one(Context request) {
        JsonBody.write(request, json(models.info(request.pathParam("model"))));
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

    /** Puts the length of the context; none where it is known only once the model is loaded. */
    static void contextLength(ObjectNode json, ModelPool.Info info) {
        var length = info.model().map(ServedModel::contextLength).orElse(info.source().contextLength());
        if (length > 0) json.put("context_length", length);
        else json.putNull("context_length");
    }
}
