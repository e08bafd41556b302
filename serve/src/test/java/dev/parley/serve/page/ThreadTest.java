package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be done with the messages of a conversation. */
class ThreadTest extends PageTest {

    private static final int LONG = 700;

    @Test
    void whatIsSentIsAnsweredAndIsThereAfterAReload() {
        open();
        openShortConversation(12);
        send("A question for the tests");
        awaitAnswer();
        assertThat(turns()).hasCount(2);
        assertThat(composer()).hasValue("");
        var answer = lastAnswer().locator(".turn-body").textContent();
        assertThat(page.locator(".conversations li.open a")).hasText("A question for the tests");
        assertThat(page).hasTitle("A question for the tests – Parley");

        page.reload();
        assertThat(turns()).hasCount(2);
        assertEquals(answer, lastAnswer().locator(".turn-body").textContent());
    }

    @Test
    void theFirstMessageBeginsAConversation() {
        open();
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("What shall we talk about?"))).isVisible();
        page.locator(".idea").first().click();
        assertThat(composer()).hasValue(Pattern.compile("lighthouse"));
        composer().press("Enter");
        assertThat(page).hasURL(Pattern.compile("#/c/.+"));
        assertThat(page.locator(".welcome")).hasCount(0);
        assertThat(button("Stop")).isVisible();
        page.keyboard().press("Escape");
        assertThat(button("Send")).isVisible();
    }

    @Test
    void aModelsOwnSuggestionsComeInTheReadersLanguage() {
        open();
        assertThat(page.locator(".idea")).hasCount(4);
        page.locator(".model-button").click();
        page.getByRole(AriaRole.MENUITEMRADIO, new Page.GetByRoleOptions().setName(Pattern.compile("^tiny-2"))).click();
        assertThat(page.locator(".idea")).hasText(new String[] {"Spell the word <b>cat</b>.", "12 + 5 ="});
        page.locator(".idea").first().click();
        assertThat(composer()).hasValue("Spell the word <b>cat</b>.");
    }

    @Test
    void whatTheContextHadNoRoomForIsSaid() {
        open();
        openShortConversation(12);
        send("word ".repeat(600));
        awaitAnswer();
        assertThat(lastAnswer().getByText("context is full")).hasCount(0);
        send("word ".repeat(600));
        awaitAnswer();
        assertThat(lastAnswer().getByText("The model’s context is full: the first 2 messages were not read for this answer.")).isVisible();
    }

    @Test
    void anAnswerIsStoppedAndGoesOnInPlace() {
        open();
        openShortConversation(LONG);
        send("Tell me all");
        stopOnceBegun();
        assertThat(lastAnswer().locator(".turn-note")).containsText("You stopped this answer.");
        var before = lastAnswer().locator(".turn-stats").textContent();

        lastAnswer().getByText("Continue").click();
        assertThat(button("Stop")).isVisible();
        awaitAnswer();
        assertThat(turns()).hasCount(2);
        assertThat(lastAnswer().locator(".turn-stats")).not().hasText(before);
        assertThat(lastAnswer().locator(".turn-note")).containsText("length limit");
    }

    @Test
    void anotherAnswerIsABranchThatArrowsLeadTo() {
        open();
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 12, "temperature", 1.5))).path("id").textValue();
        openConversation(id);
        send("Say something");
        awaitAnswer();
        var first = lastAnswer().locator(".turn-body").textContent();
        tool("Answer again").click();
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        awaitAnswer();
        assertThat(lastAnswer().locator(".turn-body")).not().hasText(first);

        tool("Previous version").click();
        assertThat(lastAnswer().locator(".branch-place")).hasText("1/2");
        assertEquals(first, lastAnswer().locator(".turn-body").textContent());
        assertThat(tool("Previous version")).isDisabled();
        page.waitForCondition(() -> conversation(id).path("current").equals(conversation(id).path("messages").get(1).path("id")));
        page.reload();
        assertThat(lastAnswer().locator(".branch-place")).hasText("1/2");
    }

    @Test
    void anAnswerThatCanOnlyBeTheSameIsSaidToBe() {
        open();
        openConversation(
                api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 4, "temperature", 0))).path("id").textValue());
        send("Twice the same");
        awaitAnswer();
        assertThat(page.locator(".toast")).hasCount(0);
        tool("Answer again").click();
        assertThat(page.locator(".toast")).containsText("temperature 0");
    }

    @Test
    void anEditedQuestionIsAskedAgainAndTheFirstStays() {
        open();
        openShortConversation(8);
        send("First wording");
        awaitAnswer();
        var mine = page.locator(".turn.user");
        mine.hover();
        mine.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Edit")).click();
        mine.getByRole(AriaRole.TEXTBOX).fill("Second wording");
        mine.getByText("Send").click();
        assertThat(mine.locator(".turn-body")).hasText("Second wording");
        awaitAnswer();
        assertThat(turns()).hasCount(2);
        assertThat(mine.locator(".branch-place")).hasText("2/2");
        mine.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Previous version")).click();
        assertThat(page.locator(".turn.user .turn-body")).hasText("First wording");
    }

    @Test
    void anEditedAnswerStandsAsAnotherVersion() {
        open();
        var id = openAnswered("What is two and two?", "Five.");
        tool("Edit").click();
        lastAnswer().getByRole(AriaRole.TEXTBOX).fill("**Four.**");
        lastAnswer().getByText("Save", new Locator.GetByTextOptions().setExact(true)).click();
        assertThat(lastAnswer().locator(".turn-body strong")).hasText("Four.");
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        var kept = conversation(id).path("messages").get(2);
        assertEquals("assistant", kept.path("role").textValue());
        assertEquals("**Four.**", kept.path("text").textValue());
    }

    @Test
    void theLastMessageIsEditedByArrowUpAndLeftByEscape() {
        open();
        openAnswered("A first", "An answer");
        composer().press("ArrowUp");
        assertThat(page.locator(".turn.user textarea")).isFocused();
        assertThat(page.locator(".turn.user textarea")).hasValue("A first");
        page.keyboard().press("Escape");
        assertThat(page.locator(".turn.user textarea")).hasCount(0);
        assertThat(page.locator(".turn.user .turn-body")).hasText("A first");
    }

    @Test
    void anAnswerIsCopiedAsItWasWritten() {
        open();
        openAnswered("Copy", "Some **bold** words");
        tool("Copy").click();
        page.waitForFunction("async () => await navigator.clipboard.readText() === 'Some **bold** words'");
    }

    @Test
    void aRefusedQuestionSaysWhyAndCanBeAskedAgain() {
        open();
        openShortConversation(8);
        send("word ".repeat(3_000));
        assertThat(page.locator(".toast")).containsText("1024");
        assertThat(page.locator(".toast").getByText("Try again")).isVisible();
        assertThat(page.locator(".turn-note")).containsText("This message has no answer yet.");
        page.locator(".turn-note").getByText("Request an answer").click();
        assertThat(page.locator(".toast").nth(1)).containsText("1024");
    }

    @Test
    void scrollStaysWhereTheReaderIs() {
        open();
        openShortConversation(LONG);
        send("Write a long text");
        var scroller = page.locator(".scroller");
        page.waitForFunction("() => { const s = document.querySelector('.scroller'); return s.scrollHeight > s.clientHeight + 300; }");
        assertTrue((Boolean) scroller.evaluate("s => s.scrollHeight - s.scrollTop - s.clientHeight < 60"),
                "at the end while the reader is there");
        scroller.hover();
        page.mouse().wheel(0, -200);
        page.waitForFunction(
                "() => { const s = document.querySelector('.scroller'); return s.scrollHeight - s.scrollTop - s.clientHeight > 100; }");
        var at = scroller.evaluate("s => s.scrollTop");
        awaitAnswer();
        assertEquals(at, scroller.evaluate("s => s.scrollTop"));
        button("To the end").click();
        assertTrue((Boolean) scroller.evaluate("s => s.scrollHeight - s.scrollTop - s.clientHeight < 5"), "at the end again");
    }

    @Test
    void theDraftSurvivesAReloadInEachConversation() {
        open();
        composer().fill("Not begun yet");
        page.reload();
        assertThat(composer()).hasValue("Not begun yet");
        var id = openAnswered("One", "Two");
        assertThat(composer()).hasValue("");
        composer().fill("Half a thought");
        page.reload();
        assertThat(composer()).hasValue("Half a thought");
        page.evaluate("() => { location.hash = '#/'; }");
        assertThat(composer()).hasValue("Not begun yet");
        openConversation(id);
        assertThat(composer()).hasValue("Half a thought");
    }
}
