package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Texts;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** Conversations, and what people say in them. */
final class ConversationRoutes implements Routes {

    private static final int PAGE = 50;
    private static final int MOST_PAGE = 200;

    private final Conversations conversations;
    private final Messages messages;
    private final RunningAnswers answers;

    ConversationRoutes(Conversations conversations, Messages messages, RunningAnswers answers) {
        this.conversations = conversations;
        this.messages = messages;
        this.answers = answers;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/conversations", this::list);
        routes.post("/api/conversations", this::create);
        routes.get("/api/conversations/{id}", this::show);
        routes.patch("/api/conversations/{id}", this::change);
        routes.delete("/api/conversations/{id}", this::delete);
        routes.post("/api/conversations/{id}/restore", this::restore);
        routes.post("/api/conversations/{id}/messages", this::say);
    }

    private void list(Context request) {
        var query = Optional.ofNullable(request.queryParam("query")).orElse("");
        var before = Optional.ofNullable(request.queryParam("before")).filter(b -> !b.isEmpty());
        var page = conversations.list(Caller.of(request).id(), query, before, limit(request));
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("conversations");
        page.conversations().forEach(conversation -> list.add(conversation.json()));
        JsonBody.write(request, json.put("next", page.next().orElse(null)));
    }

    private static int limit(Context request) {
        var limit = request.queryParam("limit");
        if (limit == null || limit.isEmpty()) return PAGE;
        if (!limit.matches("[1-9][0-9]{0,5}")) throw ApiError.badRequest("limit", "limit must be a number from 1 to " + MOST_PAGE + ".");
        return Math.min(Integer.parseInt(limit), MOST_PAGE);
    }

    private void create(Context request) {
        var draft = Draft.read(JsonFields.of(JsonBody.read(request)));
        JsonBody.write(request.status(201), conversations.create(Caller.of(request).id(), draft).json());
    }

    private void show(Context request) {
        var owner = Caller.of(request).id();
        var conversation = conversations.get(owner, request.pathParam("id")).json();
        var list = conversation.putArray("messages");
        messages.all(owner, request.pathParam("id")).forEach(message -> list.add(message.json()));
        JsonBody.write(request, conversation);
    }

    private void change(Context request) {
        var draft = Draft.read(JsonFields.of(JsonBody.read(request)));
        JsonBody.write(request, conversations.change(Caller.of(request).id(), request.pathParam("id"), draft).json());
    }

    private void delete(Context request) {
        var id = request.pathParam("id");
        conversations.delete(Caller.of(request).id(), id);
        answers.stopAll(id);
        request.status(204);
    }

    private void restore(Context request) {
        JsonBody.write(request, conversations.restore(Caller.of(request).id(), request.pathParam("id")).json());
    }

    private void say(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var role = fields.string("role").map(r -> Role.of(r).orElseThrow(() -> fields.wrong("role", "user or assistant")))
                .orElse(Role.USER);
        var text = Texts.clean(fields.requireString("text"));
        JsonBody.write(request.status(201),
                messages.add(Caller.of(request).id(), request.pathParam("id"), fields.string("parent"), role, text).json());
    }
}
