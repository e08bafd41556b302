package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.AnswerLog;
import dev.parley.serve.chat.running.Position;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What comes of an answer while it is written, and what is known of its tokens. */
final class EventRoutes implements Routes {

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int MOST_TOKENS = 256; // of one event

    private final RunningAnswers answers;

    EventRoutes(RunningAnswers answers) {
        this.answers = answers;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/answers/{id}/events", this::follow);
        routes.get("/api/messages/{id}/tokens", this::tokens);
    }

    private void tokens(Context request) throws InterruptedException {
        var tokens = answers.tokens(Caller.of(request).id(), request.pathParam("id"));
        JsonBody.write(request, JsonNodeFactory.instance.objectNode().set("tokens", tokens(tokens)));
    }

    /**
     * Events from the position on that the reader has, to the end. How the text is cut into events depends on the reader: one
     * that is slow, or comes late, gets more at a time. One that has all of it is told so by 204, at which browsers come no more.
     */
    private void follow(Context request) throws InterruptedException {
        var log = answers.log(Caller.of(request).id(), request.pathParam("id"));
        var last = last(request);
        if (last.isPresent() && log.isOver(last.get())) {
            request.status(204);
            return;
        }
        ServerSentEvents.answer(request, events -> {
            // without its text, which follows in pieces
            if (last.isEmpty()) events.send(Position.START.id(), "start", message(log.beginning()));
            send(log, last.orElse(Position.START), events);
        });
    }

    private static void send(AnswerLog log, Position from, ServerSentEvents events) {
        var turns = 0; // how often its readers were told of the turn, which each connection begins with
        while (true) {
            var piece = next(log, from, turns);
            if (piece.turn().isPresent()) events.send(from.id(), "turn", piece.turn().get()); // the text of this piece is yet to come
            from = piece.to();
            turns = piece.turns();
            if (piece.ended().isPresent()) {
                sendEnd(from.ended(), piece.ended().get(), events);
                return;
            }
            if (piece.isEmpty()) events.sendHeartbeat();
            else if (!piece.text().isEmpty() || !piece.tokens().isEmpty()) events.send(from.id(), "tokens",
                    JsonNodeFactory.instance.objectNode().put("text", piece.text()).set("tokens", tokens(piece.tokens())));
        }
    }

    private static AnswerLog.Piece next(AnswerLog log, Position from, int turns) {
        try {
            return log.next(from, turns, MOST_TOKENS, HEARTBEAT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientGone(); // the server stops, and its clients come again
        }
    }

    private static void sendEnd(Position at, ChatMessage message, ServerSentEvents events) {
        var json = message(message);
        var failed = message.status() == Status.FAILED;
        if (failed) json.putObject("error").put("message", message.answer().flatMap(Answer::error).orElse("The answer failed."));
        events.send(at.id(), failed ? "failure" : "end", json);
    }

    /** Tokens with their probabilities, where these are told, and those that could have come, as the page looks at them. */
    private static ArrayNode tokens(List<AnswerToken> tokens) {
        var list = JsonNodeFactory.instance.arrayNode(tokens.size());
        for (var token : tokens) {
            var json = list.addObject().put("id", token.id()).put("text", token.text());
            token.logprob().ifPresentOrElse(logprob -> json.put("logprob", logprob), () -> json.putNull("logprob"));
            var top = json.putArray("top");
            for (var other : token.top()) top.addObject().put("id", other.id()).put("text", other.text()).put("logprob", other.logprob());
        }
        return list;
    }

    private static ObjectNode message(ChatMessage message) {
        return JsonNodeFactory.instance.objectNode().set("message", message.json());
    }

    private static Optional<Position> last(Context request) {
        var id = Optional.ofNullable(request.header("Last-Event-ID")).or(() -> Optional.ofNullable(request.queryParam("last")))
                .filter(i -> !i.isEmpty());
        return id.map(i -> Position.of(i)
                .orElseThrow(() -> ApiError.badRequest("last", "Last-Event-ID must be the id of one of this answer's events.")));
    }
}
