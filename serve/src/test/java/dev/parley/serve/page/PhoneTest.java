package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import org.junit.jupiter.api.Test;

/** The page on a small screen that is touched. */
class PhoneTest extends PageTest {

    private Object overflow() {
        return page.evaluate("() => document.documentElement.scrollWidth - innerWidth");
    }

    @Test
    void theThreadFillsTheScreenAndTheListLiesOverIt() {
        open(phone(), "/");
        assertThat(page.locator(".sidebar")).isHidden();
        openAnswered("On a phone",
                "A wide table:\n\n| a | b | c | d | e | f |\n|---|---|---|---|---|---|\n| something | rather | wide | for | a | phone "
                        + "|\n\n```\n"
                        + "x".repeat(300) + "\n```");
        assertEquals(0, overflow(), "nothing is wider than the screen");
        button("Show the sidebar").tap();
        assertThat(page.locator(".sidebar")).isVisible();
        page.locator(".conversations li.open a").tap();
        assertThat(page.locator(".sidebar")).isHidden();
        button("Settings").tap();
        assertThat(page.locator(".panel")).isVisible();
        assertEquals(0, overflow());
        page.locator(".shade").tap(new Locator.TapOptions().setPosition(5, 400));
        assertThat(page.locator(".panel")).isHidden();
    }

    @Test
    void theReturnKeyMakesALineAndTheButtonSends() {
        open(phone(), "/");
        openShortConversation(5);
        composer().fill("One");
        composer().press("Enter");
        assertThat(composer()).hasValue("One\n");
        composer().pressSequentially("Two");
        button("Send").tap();
        awaitAnswer();
        assertEquals("One\nTwo", page.locator(".turn.user .turn-body").textContent());
    }

    @Test
    void aTappedWordOpensItsCard() {
        open(phone(), "/");
        openShortConversation(8);
        composer().fill("Words");
        button("Send").tap();
        awaitAnswer();
        button("Look inside").tap();
        page.locator(".turn.assistant .token").first().tap();
        assertThat(page.locator(".card")).isVisible();
        assertEquals(0, overflow());
    }
}
