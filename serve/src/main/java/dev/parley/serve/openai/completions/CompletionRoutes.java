package dev.parley.serve.openai.completions;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ModelField;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.http.ServerSentEvents.Template;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.AnswerEnvelope;
import dev.parley.serve.openai.UsageJson;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.HashMap;
import java.util.Optional;

/** {@code POST /v1/completions}: sequences that continue prompts, whole or in pieces. */
public final class CompletionRoutes implements Routes {

    private final ModelPool models;

    /** @param models that answer */
    public CompletionRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/completions", this::answer);
    }

    private void answer(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        try (var lease = models.lease(ModelField.read(fields))) {
            var asked = ClientWork.run(request, () -> CompletionRequest.read(fields, lease.model()));
            RequestNotes.of(request).model(lease.model().id());
            JsonBody.warnOfUnknown(request, fields);
            if (asked.stream().stream()) stream(request, lease.model(), asked);
            else whole(request, lease.model(), asked);
        }
    }

    private static void whole(Context request, ServedModel model, CompletionRequest asked) {
        var answer = CompletionAnswer.run(model, asked, Caller.of(request), ClientPresence.of(request), (choice, text, logprobs) -> {});
        var json = AnswerEnvelope.of("cmpl-").json("text_completion", model);
        var choices = json.putArray("choices");
        for (int i = 0; i < answer.choices().size(); i++) {
            var choice = answer.choices().get(i);
            put(choices.addObject(), i, choice.text(), choice.logprobs(), Optional.of(choice.finishReason()));
        }
        json.set("usage", UsageJson.chat(answer.usage()));
        JsonBody.write(request, json);
    }

    private static void stream(Context request, ServedModel model, CompletionRequest asked) {
        var envelope = AnswerEnvelope.of("cmpl-");
        var templates = new HashMap<Integer, Template>(); // of each choice, for pieces of text alone
        ServerSentEvents.answer(request, stream -> {
            var answer = CompletionAnswer.run(model, asked, Caller.of(request), ClientPresence.of(request), (choice, text, logprobs) -> {
                if (logprobs.isPresent()) stream.send(piece(envelope, model, asked, choice, text, logprobs, Optional.empty()));
                else stream.send(templates.computeIfAbsent(choice,
                        c -> Template.of(t -> piece(envelope, model, asked, c, t, Optional.empty(), Optional.empty()))), text);
            });
            for (int i = 0; i < answer.choices().size(); i++) {
                stream.send(piece(envelope, model, asked, i, "", Optional.empty(), Optional.of(answer.choices().get(i).finishReason())));
            }
            if (asked.stream().usage()) {
                var last = envelope.json("text_completion", model);
                last.putArray("choices");
                stream.send(last.set("usage", UsageJson.chat(answer.usage())));
            }
            stream.sendDone();
        });
    }

    private static ObjectNode piece(AnswerEnvelope envelope, ServedModel model, CompletionRequest asked, int choice, String text,
            Optional<ObjectNode> logprobs,
            Optional<String> finishReason) {
        var json = envelope.json("text_completion", model);
        put(json.putArray("choices").addObject(), choice, text, logprobs, finishReason);
        if (asked.stream().usage()) json.putNull("usage");
        return json;
    }

    private static void put(ObjectNode item, int choice, String text, Optional<ObjectNode> logprobs, Optional<String> finishReason) {
        item.put("text", text).put("index", choice).set("logprobs", logprobs.orElse(null));
        item.put("finish_reason", finishReason.orElse(null));
    }
}
