package dev.parley.serve.openai.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.Version;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.sampling.DefaultSettings;
import dev.parley.serve.sampling.SettingsForm;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** {@code /props}: what holds on this server where a request says nothing else. */
public final class PropsRoutes implements Routes {

    private final ServerSettings settings;
    private final ModelPool models;

    /** The route of {@code /props} for a server with these settings and models. */
    public PropsRoutes(ServerSettings settings, ModelPool models) {
        this.settings = settings;
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/props", this::props);
    }

    private void props(Context request) {
        var props = JsonNodeFactory.instance.objectNode().put("version", Version.text()).put("java", Runtime.version().toString())
                .put("default_model", models.defaultId()).put("auth", settings.auth());
        var list = props.putArray("models");
        for (var info : models.all()) list.add(json(info));
        var limits = models.limits();
        props.putObject("limits").put("running", limits.running()).put("waiting", limits.waiting()).put("cache_bytes", limits.cacheBytes())
                .put("prefill_tokens", limits.prefillTokens()).put("memory_bytes", models.memoryBudget())
                .put("body_bytes", settings.largestBody());
        props.set("settings", SettingsForm.rows());
        JsonBody.write(request, props);
    }

    private static ObjectNode json(ModelPool.Info info) {
        var json = JsonNodeFactory.instance.objectNode().put("id", info.source().id()).put("state", ModelRoutes.state(info));
        ModelRoutes.contextLength(json, info);
        info.model().ifPresent(model -> {
            json.put("weight_bytes", model.weightBytes());
            json.set("defaults", DefaultSettings.of(model.defaults()));
            model.tokenizer().chatTemplate().ifPresentOrElse(t -> json.put("chat_template", t.source()),
                    () -> json.putNull("chat_template"));
        });
        info.failure().ifPresent(why -> json.put("failure", why));
        return json;
    }
}
