package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ModelField;
import dev.parley.serve.assistants.AssistantAnswer;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.responses.ResponseStore.Stored;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** {@code /v1/responses}: OpenAI's newer way to ask a model or an assistant, and to go on from an answer that the server remembers. */
public final class ResponseRoutes implements Routes {

    private final ModelPool models;
    private final ServedAssistants assistants;
    private final ResponseStore store = new ResponseStore(ResponseStore.Limits.DEFAULT);

    /**
     * @param models that answer
     * @param assistants that are asked by their names
     */
    public ResponseRoutes(ModelPool models, ServedAssistants assistants) {
        this.models = models;
        this.assistants = assistants;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/responses", this::answer);
        routes.get("/v1/responses/{id}", this::get);
        routes.delete("/v1/responses/{id}", this::delete);
    }

    private void answer(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var before = before(fields, Caller.of(request));
        var name = ModelField.read(fields);
        var assistant = name.flatMap(assistants::find);
        if (assistant.isPresent()) {
            answer(request, fields, AssistantResponse.read(fields, assistant.get(), before));
            return;
        }
        try (var lease = models.lease(name)) {
            var asked = ClientWork.run(request, () -> ResponseRequest.read(fields, lease.model(), before));
            RequestNotes.of(request).model(lease.model().id());
            JsonBody.warnOfUnknown(request, fields);
            if (asked.stream()) stream(request, lease.model(), asked);
            else JsonBody.write(request, new Running(request, lease.model(), asked, event -> {}).run());
        }
    }

    private ArrayNode before(JsonFields fields, Caller caller) {
        return fields.string("previous_response_id").map(id -> store.get(caller.id(), id)
                .orElseThrow(() -> ApiError.of(400, "previous_response_not_found", "previous_response_id",
                        "There is no response " + shortened(id) + " to continue: the server keeps only the most recent ones, in memory."))
                .conversation()).orElseGet(JsonNodeFactory.instance::arrayNode);
    }

    private static String shortened(String id) {
        return id.length() > 100 ? id.substring(0, 100) + "…" : id;
    }

    private void answer(Context request, JsonFields fields, AssistantResponse asked) {
        RequestNotes.of(request).model(asked.assistant().name());
        JsonBody.warnOfUnknown(request, fields);
        if (asked.stream()) stream(request, events -> run(request, asked, events));
        else JsonBody.write(request, run(request, asked, event -> {}));
    }

    private ObjectNode run(Context request, AssistantResponse asked, Consumer<ObjectNode> events) {
        var caller = Caller.of(request);
        var json = new ResponseJson(asked.assistant().name(), asked.repeated(), events);
        var answered = asked.run(pieces -> AssistantAnswer.run(asked.assistant(), models, asked.turn(), caller, ClientPresence.of(request),
                pieces), json, events);
        if (asked.store()) store.put(json.id(), Stored.of(caller.id(), answered.response(), answered.conversation()));
        json.end(answered.response());
        return answered.response();
    }

    private void stream(Context request, ServedModel model, ResponseRequest asked) {
        stream(request, events -> new Running(request, model, asked, events).run());
    }

    private static void stream(Context request, Consumer<Consumer<ObjectNode>> run) {
        ServerSentEvents.answer(request, stream -> {
            var sequence = new AtomicInteger();
            run.accept(event -> stream.send(event.path("type").textValue(), event.put("sequence_number", sequence.getAndIncrement())));
        });
    }

    private void get(Context request) {
        JsonBody.write(request,
                store.get(Caller.of(request).id(), request.pathParam("id")).map(Stored::response).orElseThrow(() -> notThere(request)));
    }

    private void delete(Context request) {
        var id = request.pathParam("id");
        if (!store.remove(Caller.of(request).id(), id)) throw notThere(request);
        JsonBody.write(request, JsonNodeFactory.instance.objectNode().put("id", id).put("object", "response").put("deleted", true));
    }

    private static ApiError notThere(Context request) {
        return ApiError.of(404, "not_found",
                "There is no response " + shortened(request.pathParam("id")) + "; the server keeps only the most recent ones, in memory.");
    }

    /** One answer. */
    private final class Running {

        private final Caller caller;
        private final ClientPresence client;
        private final ServedModel model;
        private final ResponseRequest asked;
        private final Consumer<ObjectNode> events;
        private final ResponseJson json;

        Running(Context request, ServedModel model, ResponseRequest asked, Consumer<ObjectNode> events) {
            caller = Caller.of(request);
            client = ClientPresence.of(request);
            this.model = model;
            this.asked = asked;
            this.events = events;
            json = new ResponseJson(model.id(), asked.repeated(), events);
        }

        ObjectNode run() {
            var items = new ResponseItems(model.tokenizer(), events);
            var answer = ChatAnswer.run(model, asked.prompt(), caller, client, (choice, pieces, logprobs) -> {
                json.begin();
                items.onPieces(choice, pieces, logprobs);
            });
            json.begin();
            var choice = answer.choices().getFirst();
            var cutOff = choice.finishReason().equals("length");
            var response = json.ended(cutOff, items.finish(cutOff), answer.usage());
            if (asked.store()) store.put(json.id(), Stored.of(caller.id(), response, with(asked.conversation(), choice)));
            json.end(response);
            return response;
        }

        private static ArrayNode with(ArrayNode conversation, ChatAnswer.Choice choice) {
            var all = conversation.deepCopy();
            var message = all.addObject().put("role", "assistant").put("content", choice.text());
            for (var call : choice.calls()) {
                message.withArray("tool_calls").addObject().put("id", call.id()).put("type", "function").putObject("function")
                        .put("name", call.name()).put("arguments", call.arguments());
            }
            return all;
        }
    }
}
