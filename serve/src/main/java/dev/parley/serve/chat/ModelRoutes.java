package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.Routes;
import dev.parley.serve.answer.Answerer;
import dev.parley.serve.openai.Body;
import dev.parley.serve.openai.SettingsForm;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** Which models can be asked. */
final class ModelRoutes implements Routes {

    private final Answerer answerer;

    ModelRoutes(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/models", this::list);
    }

    private void list(Context request) {
        var models = answerer.models();
        var json = JsonNodeFactory.instance.objectNode().put("default", models.defaultId());
        var list = json.putArray("models");
        models.all().forEach(model -> list.add(json(model)));
        json.set("settings", SettingsForm.rows());
        Body.write(request, json);
    }

    private static ObjectNode json(Answerer.Model model) {
        var json = JsonNodeFactory.instance.objectNode().put("id", model.id());
        var aliases = json.putArray("aliases");
        model.aliases().forEach(aliases::add);
        json.put("state", model.state()).put("context_length", model.contextLength()).put("chat", model.chat()).set("defaults", model.defaults());
        var suggestions = json.putArray("suggestions");
        for (var suggestion : model.suggestions()) {
            var item = suggestions.addObject().put("text", suggestion.text());
            suggestion.language().ifPresent(language -> item.put("language", language));
        }
        model.failure().ifPresent(failure -> json.put("failure", failure));
        return json;
    }
}
