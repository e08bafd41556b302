package dev.parley.serve.openai.chat;

import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import dev.parley.serve.http.ServerSentEvents.Template;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.ModelField;
import dev.parley.serve.openai.chat.ChatAnswer.Piece;
import dev.parley.serve.work.ClientWork;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code POST /v1/chat/completions}: the next turn of a conversation, whole or in pieces. */
public final class ChatRoutes implements Routes {

    private final ModelPool models;

    /** @param models that answer */
    public ChatRoutes(ModelPool models) {
        this.models = models;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/chat/completions", this::answer);
    }

    private void answer(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        try (var lease = models.lease(ModelField.read(fields))) {
            var chat = ClientWork.run(request, () -> ChatRequest.read(fields, lease.model()));
            RequestNotes.of(request).model(lease.model().id());
            JsonBody.warnOfUnknown(request, fields);
            if (chat.stream().stream()) stream(request, lease.model(), chat);
            else whole(request, lease.model(), chat);
        }
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
