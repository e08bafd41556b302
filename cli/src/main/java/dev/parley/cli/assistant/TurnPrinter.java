package dev.parley.cli.assistant;

import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnResult;
import dev.parley.assist.turn.TurnResult.Ending;
import java.util.Locale;
import java.util.function.Consumer;

/** Shows a turn in the terminal while it happens: the answer, and beside it what was looked up, called and decided. */
final class TurnPrinter implements TurnEvent.Listener {

    private final Consumer<String> answer;
    private final Consumer<String> notes;
    private final StringBuilder shown = new StringBuilder();

    /**
     * @param answer takes pieces of the answer
     * @param notes takes lines about what happens
     */
    TurnPrinter(Consumer<String> answer, Consumer<String> notes) {
        this.answer = answer;
        this.notes = notes;
    }

    @Override
    public void on(TurnEvent event) {
        switch (event) {
            case TurnEvent.Decided(var d) ->
                notes.accept("[" + d.stage().label() + ": " + d.guardrail() + ", " + d.rule()
                        + ", " + d.action().label() + "] " + d.reason());
            case TurnEvent.Retrieved(var passages, var millis) -> notes.accept(passages.isEmpty()
                    ? String.format(Locale.ROOT, "[nothing relevant found in %.0f ms]", millis)
                    : String.format(Locale.ROOT, "[%d passages found in %.0f ms]", passages.size(), millis));
            case TurnEvent.Text(var piece) -> {
                shown.append(piece);
                answer.accept(piece);
            }
            case TurnEvent.Thought thought -> {
                // the answer is what is printed
            }
            case TurnEvent.Called(var id, var source, var tool, var arguments) ->
                notes.accept("[" + source + "/" + tool + " " + arguments + "]");
            case TurnEvent.Returned(var id, var source, var tool, var result) -> notes.accept("[" + source + "/" + tool
                    + (result.isError() ? " failed: " : ": ") + firstLine(result.text()) + "]");
            case TurnEvent.Answered(var result) -> ended(result);
        }
    }

    private static String firstLine(String text) {
        var line = text.lines().findFirst().orElse("");
        return line.length() > 100 ? line.substring(0, 100) + " …" : line;
    }

    private void ended(TurnResult result) {
        var soFar = shown.toString();
        if (result.answer().startsWith(soFar)) answer.accept(result.answer().substring(soFar.length()));
        else answer.accept((soFar.isEmpty() ? "" : "\n\n") + result.answer());
        answer.accept("\n");
        if (!result.notice().isEmpty()) answer.accept("\n" + result.notice() + "\n");
        sources(result);
    }

    private void sources(TurnResult result) {
        if (result.sources().isEmpty()) return;
        answer.accept(result.cited() || result.ending() == Ending.QUOTED ? "\n" : "\nFrom:\n");
        for (var number : result.sources()) {
            var passage = result.passages().get(number - 1);
            answer.accept("[" + number + "] " + passage.source() + (passage.page() == 0 ? "" : ", page " + passage.page())
                    + (passage.title().isEmpty() ? "" : " › " + passage.title()) + "\n");
        }
    }
}
