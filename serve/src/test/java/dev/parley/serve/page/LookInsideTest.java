package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page tells of each word of an answer. */
class LookInsideTest extends PageTest {

    /** Asks for an answer of some words, with Look inside on. @return the conversation's id */
    private String lookAtAnAnswer() {
        open();
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 10, "seed", 3, "temperature", 1.6))).path("id")
                .textValue();
        openConversation(id);
        send("Say ten words");
        awaitAnswer();
        page.keyboard().press("Control+Shift+l");
        assertThat(words().first()).isVisible();
        return id;
    }

    private Locator words() {
        return page.locator(".turn.assistant .token");
    }

    private Locator card() {
        return page.getByRole(AriaRole.DIALOG);
    }

    @Test
    void aWordTellsItsProbabilityAndTheAlternatives() {
        var id = lookAtAnAnswer();
        var word = words().first();
        word.hover();
        assertThat(card()).isVisible();
        var index = Integer.parseInt(word.getAttribute("data-token"));
        var token = api("GET", "/messages/" + conversation(id).path("current").textValue() + "/tokens", null).path("tokens").get(index);
        var percent = page.evaluate("p => p.toLocaleString('en', { style: 'percent', maximumSignificantDigits: p < 0.001 ? 1 : 3 })",
                Math.exp(token.path("logprob").doubleValue()));
        assertThat(card()).containsText("probability " + percent);
        var rows = card().locator(".alternatives li");
        for (int i = 0; i < token.path("top").size(); i++) {
            assertThat(rows.nth(i)).containsText(token.path("top").get(i).path("text").textValue().strip());
        }
        assertThat(card().locator(".came")).isDisabled();
        page.mouse().move(5, 5);
        assertThat(card()).hasCount(0);
    }

    @Test
    void anotherWordLeadsToABranchThatBeginsTheSame() {
        var id = lookAtAnAnswer();
        var before = conversation(id).path("messages").get(1);
        var old = api("GET", "/messages/" + before.path("id").textValue() + "/tokens", null).path("tokens");
        var word = words().nth(2);
        var index = Integer.parseInt(word.getAttribute("data-token"));
        word.click();
        var choice = card().locator(".alternatives button:not([disabled])").first();
        var choiceIndex = (int) (Integer) card().locator(".alternatives button").evaluateAll("all => all.findIndex(b => !b.disabled)");
        choice.click();
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        awaitAnswer();
        var made = conversation(id).path("messages").get(2);
        var tokens = api("GET", "/messages/" + made.path("id").textValue() + "/tokens", null).path("tokens");
        for (int i = 0; i < index; i++) assertEquals(old.get(i).path("id"), tokens.get(i).path("id"));
        assertEquals(old.get(index).path("top").get(choiceIndex).path("id"), tokens.get(index).path("id"));
        assertTrue(tokens.size() > index + 1, "it goes on after the chosen word");
    }

    @Test
    void surpriseIsColouredUnlessItIsSwitchedOff() {
        lookAtAnAnswer();
        var surprising = page.locator(".turn.assistant .token.s4").first();
        assertThat(surprising).not().hasCSS("background-color", "rgba(0, 0, 0, 0)");
        page.getByLabel("Colour by surprise").uncheck();
        assertThat(surprising).hasCSS("background-color", "rgba(0, 0, 0, 0)");
        button("End Look inside").click();
        assertThat(words()).hasCount(0);
    }

    @Test
    void aWordThatBeamsChoseHasNoProbabilityAndStillHasReasons() {
        open();
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 10, "num_beams", 3))).path("id").textValue();
        openConversation(id);
        send("Say ten words");
        awaitAnswer();
        page.keyboard().press("Control+Shift+l");
        words().first().click();
        assertThat(card()).containsText("no probability");
        assertThat(card().locator(".alternatives")).hasCount(0);
        card().getByText("Why this word?").click();
        assertThat(page.locator(".why .bars").first()).isVisible();
        assertThat(page.locator(".why .asked")).hasCount(0);
    }

    @Test
    void wordsAreReachedByKeyboard() {
        lookAtAnAnswer();
        var first = words().first();
        first.focus();
        page.keyboard().press("ArrowRight");
        assertThat(words().nth(1)).isFocused();
        assertThat(card()).isVisible();
        page.keyboard().press("Enter");
        assertThat(card().locator("button:focus")).hasCount(1);
        page.keyboard().press("Escape");
        assertThat(card()).hasCount(0);
        assertThat(words().nth(1)).isFocused();
    }

    @Test
    void aTextThatNoModelWroteSaysSo() {
        open();
        openAnswered("Who wrote this?", "I did, by hand.");
        page.keyboard().press("Control+Shift+l");
        assertThat(lastAnswer()).containsText("No model wrote this text");
    }

    /** Tokens as a tokenizer of bytes makes them, of a text whose marks are not all seen. */
    @Test
    void everySeenCharacterBelongsToTheTokenItCameWith() {
        open();
        var text = "**Bold** move: `a<b` and 你好 & [link](http://a.b/c)\n\n$x^2$ then *x* ends";
        var pieces = List.of("**", "Bold", "**", " move", ": `", "a", "<b", "`", " and", " \uFFFD", "\uFFFD", "\uFFFD", "好", " &", " [",
                "link", "](", "http://a.b/c", ")", "\n\n", "$x", "^2", "$", " then", " *x", "*", " ends", "<|end|>");
        var tokens = new ArrayList<Map<String, Object>>();
        for (var piece : pieces) tokens.add(Map.of("text", piece, "logprob", -1.0));
        var seen = page.evaluate("""
                async ([text, tokens]) => {
                    const base = document.querySelector('script[type=module]').src.replace('app.js', '');
                    const { Writing } = await import(base + 'writing.js');
                    const { tokenOfEach, wrapTokens } = await import(base + 'tokens.js');
                    const root = document.createElement('div');
                    document.body.append(root);
                    await (await import(base + 'dress.js')).loadTypesetter();
                    new Writing(root).show(text, true);
                    wrapTokens(root, text, tokenOfEach(text, tokens), (index, e) => { e.classList.add('token'); e.dataset.token = index; });
                    const found = [...root.querySelectorAll('.token')].map(e => e.dataset.token + '=' + (e.dataset.tex ?? e.textContent));
                    root.remove();
                    return found;
                }""", List.of(text, tokens));
        assertEquals(List.of("1=Bold", "3= move", "4=: ", "5=a", "6=<b", "8= and", "9= 你", "12=好", "13= &", "15=link", "20=x^2", "23= then",
                "24=x", "26= ends"), clean(seen));
    }

    /** A space that stands alone between two marks belongs to one of their tokens; which does not matter. */
    private static List<String> clean(Object seen) {
        return ((List<?>) seen).stream().map(Object::toString).filter(s -> !Pattern.matches("\\d+=\\s*", s)).toList();
    }
}
