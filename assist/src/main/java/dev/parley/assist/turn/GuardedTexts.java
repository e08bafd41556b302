package dev.parley.assist.turn;

import dev.parley.assist.guard.Decision;
import dev.parley.assist.guard.Guardrails;
import dev.parley.assist.guard.Guardrails.Outcome;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The guardrails of one turn, and what they have decided so far. */
final class GuardedTexts {

    private final Guardrails guardrails;
    private final Consumer<Decision> listener;
    private final List<Decision> decisions = new ArrayList<>();

    GuardedTexts(Guardrails guardrails, Consumer<Decision> listener) {
        this.guardrails = guardrails;
        this.listener = listener;
    }

    Outcome judge(Stage stage, String text, TurnContext turn) {
        var outcome = guardrails.run(stage, text, turn);
        decisions.addAll(outcome.decisions());
        outcome.decisions().forEach(listener);
        return outcome;
    }

    List<Decision> decisions() {
        return decisions;
    }
}
