package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.assistants.AssistantCard;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.DefaultSettings;
import dev.parley.serve.sampling.SettingsForm;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Locale;
import java.util.function.Predicate;

/** Which models and assistants can be asked. */
final class ChatModelRoutes implements Routes {

    private final ModelPool models;
    private final ServedAssistants assistants;
    private final Predicate<Caller> mayTeach;

    ChatModelRoutes(ModelPool models, ServedAssistants assistants, Predicate<Caller> mayTeach) {
        this.models = models;
        this.assistants = assistants;
        this.mayTeach = mayTeach;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/models", this::list);
    }

    private void list(Context request) {
        var caller = Caller.of(request);
        var json = JsonNodeFactory.instance.objectNode().put("default", models.defaultId()).put("teaching", mayTeach.test(caller));
        var list = json.putArray("models");
        models.all().forEach(info -> {
            list.add(json(info));
            for (var name : info.source().adaptedNames(caller.id())) list.add(json(info).put("id", name).put("kind", "adapter"));
        });
        assistants.all().forEach(assistant -> list.add(json(assistant)));
        json.set("settings", SettingsForm.rows());
        JsonBody.write(request, json);
    }

    /** An assistant stands among the models; state and context are those of the model that answers for it. */
    private ObjectNode json(Served assistant) {
        var json = json(models.info(assistant.model()));
        json.putArray("suggestions"); // it has opening questions
        json.putArray("aliases");
        json.putObject("defaults"); // it has settings of its own
        return json.put("id", assistant.name()).put("kind", "assistant").setAll(AssistantCard.of(assistant));
    }

    /** Of a model that is not in memory, the context length is told where it is known, and that it chats is supposed. */
    private static ObjectNode json(ModelPool.Info info) {
        var source = info.source();
        var model = info.model();
        var json = JsonNodeFactory.instance.objectNode().put("id", source.id()).put("kind", "model");
        var aliases = json.putArray("aliases");
        source.aliases().forEach(aliases::add);
        json.put("state", info.state().name().toLowerCase(Locale.ROOT));
        json.put("context_length", model.map(ServedModel::contextLength).orElse(source.contextLength()));
        json.put("chat", model.map(m -> m.tokenizer().chatTemplate().isPresent()).orElse(true));
        json.set("defaults", model.map(m -> DefaultSettings.of(m.defaults())).orElseGet(JsonNodeFactory.instance::objectNode));
        var suggestions = json.putArray("suggestions");
        for (var suggestion : source.suggestions()) {
            var item = suggestions.addObject().put("text", suggestion.text());
            suggestion.language().ifPresent(language -> item.put("language", language));
        }
        info.failure().ifPresent(failure -> json.put("failure", failure));
        return json;
    }
}
