package dev.parley.serve.chat.tools;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.tools.ConversationTools.Decision;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** Which tools there are, and consent to calls of them. */
public final class ToolRoutes implements Routes {

    private final ConversationTools tools;

    /** Routes to these tools. */
    public ToolRoutes(ConversationTools tools) {
        this.tools = tools;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/tools", this::list);
        routes.post("/api/answers/{id}/calls/{call}", this::decide);
        routes.get("/api/conversations/{id}/allowed-tools", this::allowed);
        routes.delete("/api/conversations/{id}/allowed-tools", this::askAgain);
    }

    private void list(Context request) {
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("servers");
        tools.listings().forEach(listing -> list.add(json(listing)));
        JsonBody.write(request, json);
    }

    private static ObjectNode json(ToolServers.Listing listing) {
        var json = JsonNodeFactory.instance.objectNode().put("name", listing.name()).put("connecting", listing.connecting());
        listing.problem().ifPresent(problem -> json.put("problem", problem));
        var tools = json.putArray("tools");
        for (var tool : listing.tools()) {
            tools.addObject().put("name", tool.name()).put("description",
                    tool.definition().path("function").path("description").asText());
        }
        listing.notes().forEach(json.putArray("notes")::add);
        return json;
    }

    private void decide(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var decision = Decision.of(fields.requireString("decision"))
                .orElseThrow(() -> fields.wrong("decision", "once, conversation or deny"));
        tools.decide(Caller.of(request).id(), request.pathParam("id"), request.pathParam("call"), decision);
        request.status(204);
    }

    private void allowed(Context request) {
        var json = JsonNodeFactory.instance.objectNode();
        tools.allowed(Caller.of(request).id(), request.pathParam("id")).forEach(json.putArray("tools")::add);
        JsonBody.write(request, json);
    }

    private void askAgain(Context request) {
        tools.askAgain(Caller.of(request).id(), request.pathParam("id"));
        request.status(204);
    }
}
