package dev.parley.assist.turn;

import dev.parley.assist.guard.Decision;
import dev.parley.assist.guard.Guardrail;
import dev.parley.assist.guard.Stage;
import dev.parley.assist.guard.TurnContext;
import dev.parley.assist.guard.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The guardrails of one turn, asked in their order, and what they decided. */
final class GuardedTexts {

    /**
     * What has become of a text.
     *
     * @param text as it goes on; the fixed one where it ended
     * @param ended whether a guardrail gave a fixed text in its place
     */
    record Judged(String text, boolean ended) {}

    private final List<Guardrail> guardrails;
    private final Consumer<Decision> listener;
    private final List<Decision> decisions = new ArrayList<>();

    GuardedTexts(List<Guardrail> guardrails, Consumer<Decision> listener) {
        this.guardrails = guardrails;
        this.listener = listener;
    }

    boolean hasAny(Stage stage) {
        return guardrails.stream().anyMatch(guardrail -> guardrail.stages().contains(stage));
    }

    /** Each guardrail judges what the one before has left. */
    Judged judge(Stage stage, String text, TurnContext turn) {
        var now = text;
        for (var guardrail : guardrails) {
            if (!guardrail.stages().contains(stage)) continue;
            switch (guardrail.judge(stage, now, turn)) {
                case Verdict.Pass pass -> {
                }
                case Verdict.Replace changed -> {
                    now = changed.text();
                    decided(new Decision(stage, guardrail.name(), changed.rule(), false, changed.reason()));
                }
                case Verdict.Answer answer -> {
                    decided(new Decision(stage, guardrail.name(), answer.rule(), true, answer.reason()));
                    return new Judged(answer.text(), true);
                }
            }
        }
        return new Judged(now, false);
    }

    /** A text that is judged again as it grows meets the same rule again, which is told once. */
    private void decided(Decision decision) {
        if (decision.stage() == Stage.OUTPUT && decisions.contains(decision)) return;
        decisions.add(decision);
        listener.accept(decision);
    }

    List<Decision> decisions() {
        return decisions;
    }
}
