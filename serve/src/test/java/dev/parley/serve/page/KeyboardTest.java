package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Everything is reached without a mouse. */
class KeyboardTest extends PageTest {

    private void press(String... keys) {
        for (var key : keys) page.keyboard().press(key);
    }

    private Object focused() {
        return page.evaluate("() => document.activeElement.getAttribute('aria-label') || document.activeElement.textContent");
    }

    /** Goes on by the tabulator until an element with a name has the focus. */
    private void tabTo(String name) {
        for (int i = 0; i < 60; i++) {
            press("Tab");
            if (name.equals(focused())) return;
        }
        throw new AssertionError(name + " is not reached by the tabulator; the focus is on " + focused());
    }

    @Test
    void aConversationIsHadRatedAndDeletedByKeysAlone() {
        open();
        assertThat(composer()).isFocused();
        press("Control+.");
        page.getByLabel("Longest answer", new Page.GetByLabelOptions().setExact(true)).focus();
        page.keyboard().type("6");
        press("Enter", "Shift+Escape");
        assertThat(composer()).isFocused();
        page.keyboard().type("By keys alone");
        press("Enter");
        awaitAnswer();
        composer().focus();
        for (int i = 0; i < 20 && !"Good answer".equals(focused()); i++) press("Shift+Tab");
        press("Enter");
        assertThat(tool("Good answer")).hasAttribute("aria-pressed", "true");
        assertThat(tool("Good answer")).isFocused();

        press("Control+k", "ArrowDown");
        assertThat(page.locator(".conversations a").first()).isFocused();
        press("Tab", "Enter");
        assertThat(page.getByRole(AriaRole.MENU)).isVisible();
        press("End");
        assertEquals("Delete", focused());
        press("Enter");
        assertThat(page.locator(".conversations a").getByText("By keys alone")).hasCount(0);
        tabTo("Undo");
        press("Enter");
        assertThat(page.locator(".conversations a").getByText("By keys alone")).isVisible();
    }

    @Test
    void aMenuIsLeftByEscapeAndGivesTheFocusBack() {
        open();
        page.locator(".model-button").focus();
        press("Enter");
        assertThat(page.getByRole(AriaRole.MENUITEMRADIO).first()).isFocused();
        press("ArrowDown");
        assertThat(page.getByRole(AriaRole.MENUITEMRADIO).nth(1)).isFocused();
        press("Escape");
        assertThat(page.getByRole(AriaRole.MENU)).hasCount(0);
        assertThat(page.locator(".model-button")).isFocused();
    }

    @Test
    void shortcutsAreListedAndTheDialogKeepsTheFocus() {
        open();
        press("Control+/");
        var dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog).isVisible();
        assertThat(dialog.locator("kbd").first()).isVisible();
        var inside = new HashSet<Object>();
        for (int i = 0; i < 5; i++) {
            press("Tab");
            inside.add(page.evaluate("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"));
        }
        assertEquals(Set.of(true), inside);
        press("Escape");
        assertThat(dialog).hasCount(0);
        assertThat(composer()).isFocused();
    }

    @Test
    void whatHasTheFocusIsSeen() {
        open();
        for (int i = 0; i < 8; i++) {
            press("Tab");
            var seen = page.evaluate("""
                    () => { const e = document.activeElement; const s = getComputedStyle(e);
                        return s.outlineStyle !== 'none' || !!e.closest('.composer-box') || e === document.body; }""");
            assertTrue((Boolean) seen, "no outline on " + focused());
        }
    }

    @Test
    void theFirstStopLeadsToTheMessageField() {
        open();
        page.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); }");
        page.locator(".skip").focus();
        press("Enter");
        assertThat(composer()).isFocused();
    }
}
