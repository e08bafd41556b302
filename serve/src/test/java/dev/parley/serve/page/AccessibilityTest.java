package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No serious finding of axe-core, in both languages and both themes. */
class AccessibilityTest extends PageTest {

    private static final List<String> SERIOUS = List.of("serious", "critical");
    private static final String RICH = "# Title\n\nText with `code`, a [link](https://example.org) and $x^2$.\n\n| a | b |\n|---|---|\n| "
            + "1 | 2 |\n\n```java\n// a comment\nString s = \"text\" + 42;\n```\n\n- [ ] task\n\n> quote";

    private final List<String> findings = new ArrayList<>();

    /**
     * Has axe-core look at all that is shown. It is put into the page once, and tells its findings alone: all results would be megabytes.
     */
    private void check(String where) {
        page.mouse().move(640, 5);
        if (!(boolean) page.evaluate("() => 'axe' in window")) page.evaluate(AxeBuilder.getAxeScript());
        var found = page.evaluate("""
                async impacts => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(found => impacts.includes(found.impact))
                    .flatMap(found => found.nodes.map(node => found.id + ' ' + node.html + ' ' + node.failureSummary))""", SERIOUS);
        for (var finding : (List<?>) found) findings.add(where + ": " + finding);
    }

    @Test
    void axeSeesWhatIsWrong() {
        open();
        page.evaluate("""
                () => {
                    document.querySelector('main').insertAdjacentHTML('beforeend', '<p><button></button></p><p id="pale">pale</p>');
                    Object.assign(document.getElementById('pale').style, { color: '#eee', background: '#fff' });
                }""");
        check("a page with two faults");
        assertTrue(
                findings.stream().anyMatch(f -> f.contains("button-name")) && findings.stream().anyMatch(f -> f.contains("color-contrast")),
                findings.toString());
    }

    /** Colours are a theme's and words a language's: two pairs show both of each. */
    @ParameterizedTest
    @CsvSource({"en-US, LIGHT", "zh-CN, DARK"})
    void axeFindsNothingSerious(String locale, ColorScheme scheme) {
        open(laptop().setLocale(locale).setColorScheme(scheme).setReducedMotion(ReducedMotion.REDUCE), "/");
        check("welcome");
        openAnswered("A question", RICH);
        assertThat(lastAnswer().locator(".katex")).isVisible();
        check("thread");
        page.keyboard().press("Control+.");
        check("settings");
        page.locator(".model-button").click();
        check("menu of models");
        page.keyboard().press("Escape");
        page.keyboard().press("Control+/");
        check("shortcuts");
        page.keyboard().press("Escape");
        page.locator(".sidebar-foot").click();
        check("preferences");
        page.keyboard().press("Escape");
        page.locator(".turn.user").hover();
        page.locator(".turn.user .icon-edit").click();
        check("editing");
        page.keyboard().press("Escape");
        checkLookInside();
        checkCompare();
        assertEquals(List.of(), findings);
    }

    private void checkLookInside() {
        openShortConversation(12);
        send("Say something");
        awaitAnswer();
        page.keyboard().press("Control+Shift+l");
        page.locator(".turn.assistant .token").first().click();
        assertThat(page.locator(".card")).isVisible();
        check("card of a word");
        page.locator(".card > .button").click();
        assertThat(page.locator(".why .lens")).isVisible();
        page.locator(".why [data-key=occlusion]").click();
        assertThat(page.locator(".why .judgement")).isVisible();
        check("why this word");
        page.keyboard().press("Escape");
        assertThat(page.locator("dialog")).hasCount(0);
        page.locator(".turn.assistant .icon-down").click();
        assertThat(page.locator(".comment")).isVisible();
        check("comment");
    }

    private void checkCompare() {
        page.keyboard().press("Control+Shift+y");
        send("Side by side");
        assertThat(page.locator(".verdict-buttons")).isVisible();
        check("side by side");
    }

    @Test
    void axeFindsNothingSeriousOnAPhone() {
        open(phone().setReducedMotion(ReducedMotion.REDUCE), "/");
        openAnswered("A question", RICH);
        check("thread on a phone");
        button("Show the sidebar").tap();
        check("sidebar on a phone");
        assertEquals(List.of(), findings);
    }

    @Test
    void aFinishedAnswerIsSpokenOnceAndNotByToken() {
        open();
        page.evaluate(
                """
                () => { window.spoken = [];
                    new MutationObserver(() => window.spoken.push(document.getElementById('spoken').textContent)).observe(document.getElementById('spoken'), { childList: true, characterData: true, subtree: true }); }""");
        openShortConversation(30);
        send("Speak");
        awaitAnswer();
        page.waitForFunction("() => window.spoken.some(s => s.startsWith('Answer: '))");
        assertEquals(2, page.evaluate("() => window.spoken.length"), "that it has begun, and all of it at the end");
        assertEquals(0, page.locator(".thread [aria-live], .thread [role=log]").count());
    }

    @Test
    void thePartsOfThePageAreLandmarks() {
        open();
        for (var landmark : new String[] {"main", "nav", "aside.sidebar"}) assertThat(page.locator(landmark)).hasCount(1);
        assertThat(page.getByLabel("Your message", new Page.GetByLabelOptions().setExact(true))).isVisible();
    }
}
