package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Export;
import dev.parley.serve.chat.history.Import;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;

/** Conversations that leave as a document, and come as one. */
final class TransferRoutes implements Routes {

    private final Conversations conversations;
    private final Export exporter;
    private final Import importer;

    TransferRoutes(Conversations conversations, Export exporter, Import importer) {
        this.conversations = conversations;
        this.exporter = exporter;
        this.importer = importer;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/conversations/{id}/export", this::exportOne);
        routes.get("/api/export", request -> write(request, conversations.ids(Caller.of(request).id())));
        routes.post("/api/import", this::add);
    }

    private void exportOne(Context request) {
        var conversation = conversations.get(Caller.of(request).id(), request.pathParam("id"));
        write(request, List.of(conversation.id()));
    }

    private void write(Context request, List<String> ids) {
        request.contentType("application/json").header("Content-Disposition", "attachment; filename=\"parley-conversations.json\"");
        try {
            exporter.write(Caller.of(request).id(), ids, request.res().getOutputStream());
        } catch (IOException e) {
            throw new ClientGone();
        }
    }

    private void add(Context request) {
        var added = importer.add(Caller.of(request).id(), JsonBody.read(request));
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("conversations");
        added.forEach(conversation -> list.add(conversation.json()));
        JsonBody.write(request.status(201), json);
    }
}
