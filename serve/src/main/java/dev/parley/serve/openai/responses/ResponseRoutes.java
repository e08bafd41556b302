package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.Ids;
import dev.parley.serve.openai.ModelField;
import dev.parley.serve.openai.Usage;
import dev.parley.serve.openai.chat.ChatAnswer;
import dev.parley.serve.openai.responses.ResponseStore.Stored;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** {@code /v1/responses}: OpenAI's newer way to ask for an answer, and to go on from one that the server remembers. */
public final class ResponseRoutes implements Routes {

    private final ModelPool models;
    private final ResponseStore store = new ResponseStore(ResponseStore.Limits.DEFAULT);

    /** @param models that answer */
    public ResponseRoutes(ModelPool models) {
        this.models = models;
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
        try (var lease = models.lease(ModelField.read(fields))) {
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

    private void stream(Context request, ServedModel model, ResponseRequest asked) {
        ServerSentEvents.answer(request, stream -> {
            var sequence = new AtomicInteger();
            new Running(request, model, asked,
                    event -> stream.send(event.path("type").textValue(), event.put("sequence_number", sequence.getAndIncrement()))).run();
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

        private final String id = Ids.of("resp_");
        private final long created = Instant.now().getEpochSecond();
        private final Caller caller;
        private final ClientPresence client;
        private final ServedModel model;
        private final ResponseRequest asked;
        private final Consumer<ObjectNode> events;
        private boolean begun;

        Running(Context request, ServedModel model, ResponseRequest asked, Consumer<ObjectNode> events) {
            caller = Caller.of(request);
            client = ClientPresence.of(request);
            this.model = model;
            this.asked = asked;
            this.events = events;
        }

        ObjectNode run() {
            var items = new ResponseItems(model.tokenizer(), events);
            var answer = ChatAnswer.run(model, asked.prompt(), caller, client, (choice, pieces, logprobs) -> {
                begin();
                items.onPieces(choice, pieces, logprobs);
            });
            begin();
            var choice = answer.choices().getFirst();
            var cutOff = choice.finishReason().equals("length");
            var response = json(cutOff ? "incomplete" : "completed", items.finish(cutOff), Optional.of(answer.usage()));
            if (asked.store()) store.put(id, Stored.of(caller.id(), response, with(asked.conversation(), choice)));
            tell(cutOff ? "response.incomplete" : "response.completed", response);
            return response;
        }

        /** Once the engine has begun: what it refuses is an answer with another status, not an event. */
        private void begin() {
            if (begun) return;
            begun = true;
            for (var type : new String[] {"response.created", "response.in_progress"})
                tell(type, json("in_progress", JsonNodeFactory.instance.arrayNode(), Optional.empty()));
        }

        private void tell(String type, ObjectNode response) {
            var event = JsonNodeFactory.instance.objectNode().put("type", type);
            event.set("response", response);
            events.accept(event);
        }

        private ObjectNode json(String status, ArrayNode output, Optional<Usage> usage) {
            var json = JsonNodeFactory.instance.objectNode().put("id", id).put("object", "response").put("created_at", created)
                    .put("status", status)
                    .put("model", model.id()).putNull("error");
            if (status.equals("incomplete")) json.putObject("incomplete_details").put("reason", "max_output_tokens");
            else json.putNull("incomplete_details");
            json.set("output", output);
            json.setAll(asked.repeated());
            usage.ifPresentOrElse(u -> json.set("usage", u.responsesJson()), () -> json.putNull("usage"));
            return json;
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
