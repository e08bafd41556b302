package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.chat.running.RunningAnswers.Beginning;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** Asks for answers, and stops them. */
final class AnswerRoutes implements Routes {

    private final RunningAnswers answers;

    AnswerRoutes(RunningAnswers answers) {
        this.answers = answers;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/conversations/{id}/answers", this::ask);
        routes.post("/api/answers/{id}/stop", this::stop);
    }

    private void ask(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        JsonBody.write(request.status(202), begun(Caller.of(request), request.pathParam("id"), fields).json());
    }

    private ChatMessage begun(Caller caller, String conversation, JsonFields fields) {
        var settings = fields.json("settings", Draft.MOST_SETTINGS).orElseGet(JsonNodeFactory.instance::objectNode);
        var model = fields.string("model").filter(m -> !m.isEmpty());
        var goesOn = fields.string("continue");
        var begin = fields.object("begin");
        if (goesOn.isPresent()) return answers.goOn(caller, conversation, goesOn.get(), model, settings);
        if (begin.isPresent()) {
            var count = begin.get().integer("tokens", 0, Integer.MAX_VALUE).orElseThrow(() -> begin.get().missing("tokens"));
            var token = begin.get().integer("token", 0, Integer.MAX_VALUE).orElseThrow(() -> begin.get().missing("token"));
            return answers.branch(caller, conversation, new Beginning(begin.get().requireString("message"), count, token), model, settings);
        }
        return answers.answer(caller, conversation, fields.requireString("parent"), model, settings);
    }

    private void stop(Context request) {
        answers.stop(Caller.of(request).id(), request.pathParam("id"));
        request.status(204);
    }
}
