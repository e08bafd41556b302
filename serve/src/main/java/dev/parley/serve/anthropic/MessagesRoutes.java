package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.turn.TurnJson;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.anthropic.MessageJson.Stop;
import dev.parley.serve.assistants.AskedTurn;
import dev.parley.serve.assistants.AssistantAnswer;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** {@code POST /v1/messages} and {@code /v1/messages/count_tokens}: Anthropic's API, answered by a model or an assistant. */
public final class MessagesRoutes implements Routes {

    private final ModelPool models;
    private final ServedAssistants assistants;

    /**
     * @param models that answer
     * @param assistants that are asked by their names
     */
    public MessagesRoutes(ModelPool models, ServedAssistants assistants) {
        this.models = models;
        this.assistants = assistants;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/messages", this::answer);
        routes.post("/v1/messages/count_tokens", this::count);
    }

    private void answer(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = model(fields);
        var assistant = name.flatMap(assistants::find);
        if (assistant.isPresent()) {
            answer(request, fields, assistant.get());
            return;
        }
        try (var lease = models.lease(name)) {
            var model = lease.model();
            var asked = ClientWork.run(request, () -> MessagesRequest.read(fields, model));
            RequestNotes.of(request).model(model.id());
            JsonBody.warnOfUnknown(request, fields);
            var json = new MessageJson(model.id());
            if (!asked.stream()) {
                JsonBody.write(request, run(request, model, asked, json, MessageEvents.UNHEARD));
                return;
            }
            ServerSentEvents.answer(request,
                    stream -> run(request, model, asked, json, SentEvents.to(stream, json.start(asked.prompt().ids().length))));
        }
    }

    /** The name of a model; empty where the default is to answer. */
    private static Optional<String> model(JsonFields fields) {
        return fields.string("model").filter(name -> !name.isBlank());
    }

    /** Runs an answer to its end. @return the whole message */
    private static ObjectNode run(Context request, ServedModel model, MessagesRequest asked, MessageJson json, MessageEvents events) {
        var blocks = new MessageBlocks(asked.showsThoughts(), events);
        var answer = ChatAnswer.run(model, asked.prompt(), Caller.of(request), ClientPresence.of(request), blocks);
        var content = blocks.finish();
        var stop = asked.stop(answer, model.contextLength());
        events.tell(MessageJson.delta(stop, answer.usage()));
        events.tell(MessageJson.event("message_stop"));
        return json.whole(content, stop, answer.usage());
    }

    private void answer(Context request, JsonFields fields, Served assistant) {
        fields.ignore("model", "max_tokens", "metadata");
        var form = fields.object("parley").flatMap(extension -> extension.string("form"));
        var turn = AskedTurn.of(MessagesInput.read(fields).messages(), "messages", form, assistant.open().assistant());
        var streamed = fields.flag("stream");
        RequestNotes.of(request).model(assistant.name());
        JsonBody.warnOfUnknown(request, fields);
        var json = new MessageJson(assistant.name());
        if (!streamed) JsonBody.write(request, run(request, assistant, turn, json, MessageEvents.UNHEARD));
        else ServerSentEvents.answer(request, stream -> run(request, assistant, turn, json, SentEvents.to(stream, json.start(0))));
    }

    private ObjectNode run(Context request, Served assistant, TurnRequest turn, MessageJson json, MessageEvents events) {
        var blocks = new MessageBlocks(true, events);
        var result = AssistantAnswer.run(assistant, models, turn, Caller.of(request), ClientPresence.of(request), blocks::say);
        var content = blocks.finish();
        var cutOff = result.usage().filter(usage -> usage.finishReason().equals("length")).isPresent();
        var stop = Stop.of(cutOff ? "max_tokens" : "end_turn");
        var told = TurnJson.of(assistant.name(), result);
        events.tell(MessageJson.delta(stop, Usage.of(result)).set("parley", told));
        events.tell(MessageJson.event("message_stop"));
        return json.whole(content, stop, Usage.of(result)).set("parley", told);
    }

    private void count(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = model(fields);
        if (name.flatMap(assistants::find).isPresent()) throw ApiError.badRequest("model",
                "model is an assistant, which adds its own instructions and knowledge: "
                        + "its tokens are known once it answers.");
        try (var lease = models.lease(name)) {
            var tokens = ClientWork.run(request, () -> MessagesRequest.tokens(fields, lease.model()));
            RequestNotes.of(request).model(lease.model().id());
            JsonBody.warnOfUnknown(request, fields);
            JsonBody.write(request, JsonNodeFactory.instance.objectNode().put("input_tokens", tokens));
        }
    }
}
