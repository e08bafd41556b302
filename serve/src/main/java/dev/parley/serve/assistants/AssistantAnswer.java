package dev.parley.serve.assistants;

import dev.parley.assist.AssistantException;
import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ModelPool;
import java.util.Optional;
import java.util.function.Consumer;

/** One turn of an assistant, whose pieces of text are together its answer. */
public final class AssistantAnswer {

    private final Consumer<String> pieces;
    private final StringBuilder shown = new StringBuilder(); // since the last call of a tool

    private AssistantAnswer(Consumer<String> pieces) {
        this.pieces = pieces;
    }

    /**
     * Runs a turn to its end.
     *
     * @param pieces takes the answer's text as it comes
     * @throws ApiError if it cannot be answered
     * @throws dev.parley.serve.http.ClientGone if the client left
     */
    public static TurnResult run(Served assistant, ModelPool models, TurnRequest turn, Caller caller, ClientPresence client,
            Consumer<String> pieces) {
        var answer = new AssistantAnswer(pieces);
        try (var responder = new ServedResponder(models, assistant.model(), caller, client)) {
            var result = assistant.open().ask(Optional.of(responder), turn, answer::on);
            answer.finish(result);
            return result;
        } catch (AssistantException e) {
            throw ApiError.badRequest("messages", e.getMessage());
        }
    }

    private void on(TurnEvent event) {
        switch (event) {
            case TurnEvent.Text(var piece) -> show(piece);
            case TurnEvent.Called called -> {
                if (!shown.isEmpty()) pieces.accept("\n\n");
                shown.setLength(0);
            }
            default -> {} // the result has it
        }
    }

    private void show(String piece) {
        if (piece.isEmpty()) return;
        shown.append(piece);
        pieces.accept(piece);
    }

    /** What has not been shown of the answer, all of it, below, where a guardrail has put another in its place; and the notice. */
    private void finish(TurnResult result) {
        var begun = shown.toString().stripLeading();
        var answer = result.answer();
        if (answer.startsWith(begun)) show(answer.substring(begun.length()));
        else if (!begun.stripTrailing().equals(answer)) show("\n\n" + answer);
        show(result.answerWithNotice().substring(answer.length()));
    }
}
