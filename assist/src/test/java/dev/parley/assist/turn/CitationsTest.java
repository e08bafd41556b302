package dev.parley.assist.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.assist.guard.Guardrails.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CitationsTest {

    @Test
    void numbersThatNoPassageHasAreTakenOut() {
        var citations = Citations.of("Within 30 days [1], at no cost [7]. 三十天[2]。 Both [1, 9, 2].", 2);
        assertEquals("Within 30 days [1], at no cost. 三十天[2]。 Both [1][2].", citations.text());
        assertEquals(List.of(1, 2), citations.numbers());
    }

    @Test
    void fullWidthBracketsCiteToo() {
        assertEquals("三十天[1]。", Citations.of("三十天【1】。", 3).text());
    }

    @Test
    void bracketsInCodeAndAroundWordsStay() {
        var citations = Citations.of("Use `list[3]` and [see below].", 1);
        assertEquals("Use `list[3]` and [see below].", citations.text());
        assertEquals(List.of(), citations.numbers());
    }

    @Test
    void aCitationIsShownWhenItIsWhole() {
        var shown = new ArrayList<String>();
        var stream = new AnswerStream(Optional.empty(), 1, shown::add);
        for (var piece : "Yes [1]. No [2].".split("")) stream.push(piece);
        stream.finish(text -> new Outcome(text, false, List.of()));
        assertEquals("Yes [1]. No.", String.join("", shown));
    }

    @Test
    void whatAGuardrailWithholdsIsNeverShown() {
        var shown = new ArrayList<String>();
        Function<String, Outcome> guard = text -> text.contains("secret") ? new Outcome("No.", true, List.of())
                : new Outcome(text, false, List.of());
        var stream = new AnswerStream(Optional.of(guard), -1, shown::add);
        for (var piece : "Hello. The secret is 42. Bye.".split("")) stream.push(piece);
        assertEquals("No.", stream.finish(guard).text());
        assertEquals("Hello.", String.join("", shown));
    }
}
