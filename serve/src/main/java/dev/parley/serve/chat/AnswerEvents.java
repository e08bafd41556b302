package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.AnswerLog.Piece;
import dev.parley.serve.chat.running.Position;
import dev.parley.serve.http.ClientGone;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The events of one answer to one reader (WHATWG HTML, section 9.2), each with the position after it as its identifier. */
final class AnswerEvents {

    private final OutputStream out;

    /** @throws ClientGone if nobody reads, as all others here */
    AnswerEvents(Context request) {
        request.contentType("text/event-stream; charset=utf-8").header("Cache-Control", "no-cache").header("X-Accel-Buffering", "no");
        try {
            out = request.res().getOutputStream();
        } catch (IOException e) {
            throw new ClientGone();
        }
    }

    /** The message without its text, which follows in pieces. */
    void start(ChatMessage message) {
        send("start", Position.START, message(message));
    }

    void tokens(Piece piece) {
        send("tokens", piece.to(), JsonNodeFactory.instance.objectNode().put("text", piece.text()).set("tokens", TokenJson.of(piece.tokens())));
    }

    void end(Position at, ChatMessage message) {
        var json = message(message);
        var failed = message.status() == Status.FAILED;
        if (failed) json.putObject("error").put("message", message.answer().flatMap(Answer::error).orElse("The answer failed."));
        send(failed ? "failure" : "end", at.ended(), json);
    }

    void heartbeat() {
        write(":\n\n");
    }

    private static ObjectNode message(ChatMessage message) {
        return JsonNodeFactory.instance.objectNode().set("message", message.json());
    }

    private void send(String event, Position after, ObjectNode data) {
        write("id: " + after.id() + "\nevent: " + event + "\ndata: " + data + "\n\n");
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new ClientGone();
        }
    }
}
