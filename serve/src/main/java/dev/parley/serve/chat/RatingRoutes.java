package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Edits;
import dev.parley.serve.chat.history.Ratings;
import dev.parley.serve.chat.history.Ratings.Choice;
import dev.parley.serve.chat.history.Texts;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** What people think of answers. */
final class RatingRoutes implements Routes {

    private final Ratings ratings;
    private final Edits edits;

    RatingRoutes(Ratings ratings, Edits edits) {
        this.ratings = ratings;
        this.edits = edits;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.put("/api/messages/{id}/rating", this::rate);
        routes.post("/api/conversations/{id}/comparisons", this::compare);
        routes.post("/api/messages/{id}/edit", this::edit);
        routes.delete("/api/messages/{id}/edit", this::takeBack);
    }

    private void edit(Context request) {
        var text = Texts.clean(JsonFields.of(JsonBody.read(request)).requireString("text"));
        JsonBody.write(request.status(201), edits.edit(Caller.of(request).id(), request.pathParam("id"), text).json());
    }

    private void takeBack(Context request) {
        JsonBody.write(request, edits.takeBack(Caller.of(request).id(), request.pathParam("id")).json());
    }

    private void rate(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var rating = fields.integer("rating", -1, 1).orElseThrow(() -> fields.missing("rating"));
        var comment = Texts.clean(fields.string("comment").orElse(""));
        JsonBody.write(request, ratings.rate(Caller.of(request).id(), request.pathParam("id"), rating, comment).json());
    }

    private void compare(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var choice = Choice.of(fields.requireString("choice")).orElseThrow(() -> fields.wrong("choice", "left, right, tie or neither"));
        var id = ratings.compare(Caller.of(request).id(), request.pathParam("id"), fields.requireString("left"),
                fields.requireString("right"), choice);
        JsonBody.write(request.status(201), JsonNodeFactory.instance.objectNode().put("id", id));
    }
}
