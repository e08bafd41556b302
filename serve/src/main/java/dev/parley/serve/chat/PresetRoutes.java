package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Preset;
import dev.parley.serve.chat.history.Presets;
import dev.parley.serve.chat.history.Texts;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.UUID;

/** Ways to begin conversations that people have given names. */
final class PresetRoutes implements Routes {

    private final Presets presets;

    PresetRoutes(Presets presets) {
        this.presets = presets;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/presets", this::list);
        routes.post("/api/presets", this::add);
        routes.delete("/api/presets/{id}", this::delete);
    }

    private void list(Context request) {
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("presets");
        presets.list(Caller.of(request).id()).forEach(preset -> list.add(preset.json()));
        JsonBody.write(request, json);
    }

    private void add(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = Texts.title(fields.requireString("name"));
        if (name.isEmpty()) throw fields.wrong("name", "a text that is not empty");
        var preset = new Preset(UUID.randomUUID().toString(), name, Draft.model(fields).filter(m -> !m.isEmpty()),
                Draft.system(fields).orElse(""),
                Draft.settings(fields).orElseGet(JsonNodeFactory.instance::objectNode));
        presets.add(Caller.of(request).id(), preset);
        JsonBody.write(request.status(201), preset.json());
    }

    private void delete(Context request) {
        presets.delete(Caller.of(request).id(), request.pathParam("id"));
        request.status(204);
    }
}
