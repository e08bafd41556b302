package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.Routes;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answer.Refused;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Conversation;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.openai.Body;
import dev.parley.serve.openai.Fields;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** Asks for answers, and stops them. */
final class AnswerRoutes implements Routes {

    private final Conversations conversations;
    private final RunningAnswers answers;

    AnswerRoutes(Conversations conversations, RunningAnswers answers) {
        this.conversations = conversations;
        this.answers = answers;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/conversations/{id}/answers", this::ask);
        routes.post("/api/answers/{id}/stop", this::stop);
    }

    private void ask(Context request) {
        var owner = Caller.of(request).id();
        var fields = Fields.of(Body.read(request));
        Body.write(request.status(202), begun(owner, conversations.get(owner, request.pathParam("id")), fields).json());
    }

    private ChatMessage begun(String owner, Conversation conversation, Fields fields) {
        var settings = Draft.settings(fields).orElseGet(JsonNodeFactory.instance::objectNode);
        var model = Draft.model(fields).filter(m -> !m.isEmpty());
        var goesOn = fields.string("continue");
        var begin = fields.object("begin");
        if (model.isPresent() && (goesOn.isPresent() || begin.isPresent())) {
            throw Refused.badRequest("model", "An answer that is begun already can only be gone on with by the model that began it.");
        }
        if (goesOn.isPresent()) return answers.goOn(owner, conversation, goesOn.get(), settings);
        if (begin.isPresent()) {
            var count = begin.get().integer("tokens", 0, Integer.MAX_VALUE).orElseThrow(() -> begin.get().missing("tokens"));
            var token = begin.get().integer("token", 0, Integer.MAX_VALUE).orElseThrow(() -> begin.get().missing("token"));
            return answers.branch(owner, conversation, begin.get().requireString("message"), count, token, settings);
        }
        return answers.answer(owner, conversation, fields.requireString("parent"), model, settings);
    }

    private void stop(Context request) {
        answers.stop(Caller.of(request).id(), request.pathParam("id"));
        request.status(204);
    }
}
