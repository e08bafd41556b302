package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.ChatAnswer;
import dev.parley.serve.answering.ChatAnswer.Piece;
import dev.parley.serve.answering.ChatPrompt;
import dev.parley.serve.answering.LogprobsJson;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.assistants.AssistantAnswer;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonLines;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.ollama.Answer.Took;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An answer on its way to the client, line by line or as a whole.
 *
 * @param began when the request came
 * @param loaded when the model was there
 */
record Answering(Context request, Answer json, boolean stream, long began, long loaded) {

    /** By a model. @param ending adds to the last object */
    void by(ServedModel model, ChatPrompt prompt, BiConsumer<ObjectNode, ChatAnswer> ending) {
        var logprobs = prompt.config().logprobs() >= 0;
        if (!stream) {
            var answer = run(model, prompt, (choice, pieces, tokens) -> {});
            var only = answer.choices().getFirst();
            var whole = json.piece(only.text(), only.thoughts(), Answer.whole(only.calls()));
            if (logprobs) whole.set("logprobs", LogprobsJson.chat(model.tokenizer(), only.logprobs()));
            JsonBody.write(request, ended(whole, answer, ending));
            return;
        }
        JsonLines.answer(request, lines -> {
            var answer = run(model, prompt, (choice, pieces, tokens) -> {
                var line = line(pieces);
                if (logprobs && !tokens.isEmpty()) { // their text may still wait for more
                    line = line.or(() -> Optional.of(json.piece("", "", List.of())));
                    line.get().set("logprobs", LogprobsJson.chat(model.tokenizer(), tokens));
                }
                line.ifPresent(lines::send);
            });
            var calls = Answer.whole(answer.choices().getFirst().calls());
            if (!calls.isEmpty()) lines.send(json.piece("", "", calls));
            lines.send(ended(json.piece("", "", List.of()), answer, ending));
        });
    }

    private ChatAnswer run(ServedModel model, ChatPrompt prompt, ChatAnswer.Reader reader) {
        return ChatAnswer.run(model, prompt, Caller.of(request), ClientPresence.of(request), reader);
    }

    /** Text and thoughts as they come; calls are told when they are whole. */
    private Optional<ObjectNode> line(List<Piece> pieces) {
        var text = new StringBuilder();
        var thoughts = new StringBuilder();
        for (var piece : pieces) {
            if (piece instanceof Piece.Text(var more)) text.append(more);
            if (piece instanceof Piece.Thought(var more)) thoughts.append(more);
        }
        if (text.isEmpty() && thoughts.isEmpty()) return Optional.empty();
        return Optional.of(json.piece(text.toString(), thoughts.toString(), List.of()));
    }

    private ObjectNode ended(ObjectNode last, ChatAnswer answer, BiConsumer<ObjectNode, ChatAnswer> ending) {
        var reason = answer.choices().getFirst().finishReason().equals("length") ? "length" : "stop"; // also after calls
        var took = new Took(Duration.ofNanos(System.nanoTime() - began), Duration.ofNanos(loaded - began), answer.untilFirst(),
                answer.whole().minus(answer.untilFirst()), answer.usage());
        ending.accept(Answer.done(last, reason, took), answer);
        return last;
    }

    /** By an assistant, which has its own instructions and settings. */
    void by(Served assistant, ModelPool models, TurnRequest turn) {
        var first = new AtomicLong();
        if (!stream) {
            var result = run(assistant, models, turn, piece -> first.compareAndSet(0, System.nanoTime()));
            JsonBody.write(request, ended(json.piece(result.answerWithNotice(), "", List.of()), result, first.get()));
            return;
        }
        JsonLines.answer(request, lines -> {
            var result = run(assistant, models, turn, piece -> {
                first.compareAndSet(0, System.nanoTime());
                lines.send(json.piece(piece, "", List.of()));
            });
            lines.send(ended(json.piece("", "", List.of()), result, first.get()));
        });
    }

    private TurnResult run(Served assistant, ModelPool models, TurnRequest turn, Consumer<String> pieces) {
        return AssistantAnswer.run(assistant, models, turn, Caller.of(request), ClientPresence.of(request), pieces);
    }

    private ObjectNode ended(ObjectNode last, TurnResult result, long first) {
        var now = System.nanoTime();
        var spoke = first == 0 ? now : first;
        return Answer.done(last, result.usage().map(TurnResult.Usage::finishReason).orElse("stop"), new Took(Duration.ofNanos(now - began),
                Duration.ofNanos(loaded - began), Duration.ofNanos(spoke - loaded), Duration.ofNanos(now - spoke), Usage.of(result)));
    }
}
