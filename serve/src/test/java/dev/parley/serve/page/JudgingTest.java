package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Thumbs, and answers side by side. */
class JudgingTest extends PageTest {

    @Test
    void aThumbIsKeptWithItsComment() {
        open();
        var id = openShortConversation(6);
        send("Rate me");
        awaitAnswer();
        tool("Bad answer").click();
        assertThat(tool("Bad answer")).hasAttribute("aria-pressed", "true");
        lastAnswer().getByLabel("Comment on your rating").fill("Not a word of sense");
        page.keyboard().press("Enter");
        assertThat(page.locator(".toast")).containsText("Your comment was saved.");
        var kept = conversation(id).path("messages").get(1);
        assertEquals(-1, kept.path("rating").intValue());
        assertEquals("Not a word of sense", kept.path("comment").textValue());

        tool("Bad answer").click();
        assertThat(tool("Bad answer")).hasAttribute("aria-pressed", "false");
        tool("Good answer").click();
        page.reload();
        assertThat(tool("Good answer")).hasAttribute("aria-pressed", "true");
    }

    @Test
    void twoModelsAnswerSideBySideAndTheBetterGoesOn() {
        open();
        var id = openShortConversation(6);
        button("Side by side").click();
        var right = page.locator(".compare-bar fieldset").nth(1);
        right.getByLabel("Model").selectOption("tiny-2");
        right.getByLabel("Temperature").fill("1.5");
        send("Which of you is better?");
        var columns = page.locator(".pair .column");
        assertThat(columns).hasCount(2);
        assertThat(columns.nth(0)).containsText("tiny");
        assertThat(columns.nth(1).locator("h2")).hasText("tiny-2 · temperature 1.5");
        assertThat(page.locator(".verdict")).containsText("Which answer is better?");
        page.locator(".verdict").getByText("Right is better").click();

        assertThat(page.locator(".pair")).hasCount(0);
        assertThat(lastAnswer().locator("h2")).hasText("tiny-2");
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        var messages = conversation(id).path("messages");
        assertEquals("tiny", messages.get(1).path("model").textValue());
        assertEquals("tiny-2", messages.get(2).path("model").textValue());
        assertEquals(1.5, messages.get(2).path("settings").path("temperature").doubleValue());
        var kept = server.database()
                .call(t -> t.list("select choice from comparisons where left_message = ? and right_message = ?", row -> row.getString(1),
                        messages.get(1).path("id").textValue(), messages.get(2).path("id").textValue()));
        assertEquals(List.of("right"), kept);
    }

    @Test
    void oneModelIsComparedInTwoSettingsOfAPreset() {
        open();
        api("POST", "/presets", Map.of("name", "Wild", "model", "tiny", "system", "", "settings", Map.of("temperature", 1.9)));
        page.reload();
        var id = openShortConversation(4);
        button("Side by side").click();
        page.locator(".compare-bar fieldset").nth(0).getByLabel("Preset").selectOption("Wild");
        send("Twice");
        assertThat(page.locator(".pair .column h2").first()).hasText("tiny · temperature 1.9");
        page.locator(".verdict").getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Both are bad")).click();
        assertThat(lastAnswer().locator(".branch-place")).hasText("1/2");
        assertEquals(1.9, conversation(id).path("messages").get(1).path("settings").path("temperature").doubleValue());
    }
}
