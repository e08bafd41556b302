package dev.parley.serve.chat.documents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Attachments;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;

/** Files of conversations, and the folders that they can choose. */
public final class DocumentRoutes implements Routes {

    private final ConversationDocuments documents;

    /** Routes to these documents. */
    public DocumentRoutes(ConversationDocuments documents) {
        this.documents = documents;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/knowledge", this::folders);
        routes.get("/api/conversations/{id}/attachments", this::list);
        routes.post("/api/conversations/{id}/attachments", this::add);
        routes.delete("/api/conversations/{id}/attachments/{attachment}", this::remove);
    }

    private void folders(Context request) {
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("knowledge");
        documents.offered().forEach((name, knowledge) -> list.addObject().put("name", name).put("files", knowledge.files().size()));
        JsonBody.write(request, json);
    }

    private void list(Context request) {
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("attachments");
        documents.list(Caller.of(request).id(), request.pathParam("id")).forEach(attachment -> list.add(attachment.json()));
        JsonBody.write(request, json.put("most_files", Attachments.MOST).put("most_bytes", Attachments.MOST_BYTES));
    }

    /** The body is the file, as it is. */
    private void add(Context request) {
        var name = Optional.ofNullable(request.queryParam("name")).filter(n -> !n.isBlank())
                .orElseThrow(() -> ApiError.badRequest("name", "name is missing: the name of the file, such as ?name=report.pdf."));
        try {
            var added = documents.add(Caller.of(request).id(), request.pathParam("id"), name, request.req().getInputStream());
            JsonBody.write(request.status(201), added.json());
        } catch (IOException e) {
            throw ApiError.badRequest("", "The file did not come whole.");
        }
    }

    private void remove(Context request) {
        documents.remove(Caller.of(request).id(), request.pathParam("id"), request.pathParam("attachment"));
        request.status(204);
    }
}
