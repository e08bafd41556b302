package dev.parley.serve.openai.chat;

import dev.parley.assist.turn.TurnResult;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatAnswer.Piece;
import dev.parley.serve.answering.ModelField;
import dev.parley.serve.assistants.AssistantAnswer;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.http.ServerSentEvents.Template;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** {@code POST /v1/chat/completions}: the next turn of a conversation, by a model or an assistant, whole or in pieces. */
public final class ChatRoutes implements Routes {

    private final ModelPool models;

    private final ServedAssistants assistants;

    /**
     * @param models that answer
     * @param assistants that are asked by their names
     */
    public ChatRoutes(ModelPool models, ServedAssistants assistants) {
        this.models = models;
        this.assistants = assistants;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/chat/completions", this::answer);
    }

    private void answer(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = ModelField.read(fields);
        var assistant = name.flatMap(assistants::find);
        if (assistant.isPresent()) {
            answer(request, fields, assistant.get());
            return;
        }
        try (var lease = models.lease(name)) {
            var chat = ClientWork.run(request, () -> ChatRequest.read(fields, lease.model()));
            RequestNotes.of(request).model(lease.model().id());
            JsonBody.warnOfUnknown(request, fields);
            if (chat.stream().stream()) stream(request, lease.model(), chat);
            else whole(request, lease.model(), chat);
        }
    }

    private void answer(Context request, JsonFields fields, Served assistant) {
        var asked = AssistantRequest.read(fields, assistant.open().assistant());
        RequestNotes.of(request).model(assistant.name());
        JsonBody.warnOfUnknown(request, fields);
        var json = new AssistantJson(assistant, asked.stream().usage());
        if (!asked.stream().stream()) {
            JsonBody.write(request, json.whole(run(request, assistant, asked, piece -> {})));
            return;
        }
        ServerSentEvents.answer(request, stream -> {
            var begun = new AtomicBoolean(); // a fault before that is told as for any answer
            var result = run(request, assistant, asked, piece -> {
                if (begun.compareAndSet(false, true)) stream.send(json.begin());
                stream.send(json.more(piece));
            });
            stream.send(json.end(result));
            if (asked.stream().usage()) stream.send(json.used(result));
            stream.sendDone();
        });
    }

    private TurnResult run(Context request, Served assistant, AssistantRequest asked, Consumer<String> pieces) {
        return AssistantAnswer.run(assistant, models, asked.turn(), Caller.of(request), ClientPresence.of(request), pieces);
    }

    private static void whole(Context request, ServedModel model, ChatRequest chat) {
        var answer = ChatAnswer.run(model, chat.prompt(), Caller.of(request), ClientPresence.of(request), (choice, pieces, logprobs) -> {});
        JsonBody.write(request, new ChatJson(model, chat.logprobs(), false).whole(answer));
    }

    private static void stream(Context request, ServedModel model, ChatRequest chat) {
        var json = new ChatJson(model, chat.logprobs(), chat.stream().usage());
        ServerSentEvents.answer(request, stream -> {
            var pieces = new Pieces(stream, json);
            var answer = ChatAnswer.run(model, chat.prompt(), Caller.of(request), ClientPresence.of(request), pieces);
            for (int i = 0; i < answer.choices().size(); i++) {
                pieces.begin(i);
                stream.send(json.end(i, answer.choices().get(i).finishReason()));
            }
            if (chat.stream().usage()) stream.send(json.usage(answer.usage()));
            stream.sendDone();
        });
    }

    /** Sends pieces; each choice says first who speaks. */
    private record Pieces(ServerSentEvents stream, ChatJson json, Map<Integer, Template> begun) implements ChatAnswer.Reader {

        Pieces(ServerSentEvents stream, ChatJson json) {
            this(stream, json, new HashMap<>());
        }

        Template begin(int choice) {
            return begun.computeIfAbsent(choice, c -> {
                stream.send(json.begin(c));
                return json.moreText(c);
            });
        }

        @Override
        public void onPieces(int choice, List<Piece> pieces, List<TokenLogprob> logprobs) {
            var template = begin(choice);
            if (logprobs.isEmpty() && pieces.size() == 1 && pieces.getFirst() instanceof Piece.Text(var text)) stream.send(template, text);
            else stream.send(json.more(choice, pieces, logprobs));
        }
    }
}
