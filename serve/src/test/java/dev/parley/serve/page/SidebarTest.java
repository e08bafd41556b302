package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of conversations, and what can be done with each. */
class SidebarTest extends PageTest {

    private Locator entry(String title) {
        return page.locator(".conversations li").filter(new Locator.FilterOptions().setHasText(title));
    }

    private void choose(String title, String action) {
        entry(title).hover();
        entry(title).getByRole(AriaRole.BUTTON).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action).setExact(true)).click();
    }

    @Test
    void conversationsAreGroupedByDay() {
        open();
        var names = page.evaluate("""
                async () => {
                    const { byDay } = await import(document.querySelector('script[type=module]').src.replace('app.js', 'days.js'));
                    const now = new Date(2026, 2, 29, 3, 30);
                    const at = (...date) => ({ pinned: false, updated: new Date(...date).getTime() });
                    const all = [{ pinned: true, updated: 0 }, at(2026, 2, 29, 0, 5), at(2026, 2, 28, 23, 59), at(2026, 2, 28, 0, 0), at(2026, 2, 23), at(2026, 2, 22), at(2026, 1, 1), at(2025, 11, 31)];
                    return byDay(all, now).map(g => g.name + ' ' + g.items.length);
                }""");
        assertEquals(List.of("Pinned 1", "Today 1", "Yesterday 2", "Last 7 days 1", "Last 30 days 1", "February 2026 1", "December 2025 1"),
                names);
        openAnswered("Of today", "Yes");
        assertThat(page.locator(".conversations section").filter(new Locator.FilterOptions().setHas(page.getByText("Today"))))
                .containsText("Of today");
    }

    @Test
    void searchFindsWordsOfTitlesAndOfMessages() {
        open();
        openAnswered("About zebras", "They have stripes and eat grass.");
        openAnswered("About whales", "They sing.");
        page.keyboard().press("Control+k");
        assertThat(page.locator(".search-field")).isFocused();
        page.keyboard().type("stripes");
        assertThat(page.locator(".conversations h2")).hasText("1 found");
        assertThat(entry("About zebras")).isVisible();
        assertThat(entry("About whales")).hasCount(0);
        page.keyboard().press("Escape");
        assertThat(entry("About whales")).isVisible();
        page.locator(".search-field").fill("nothing has this word");
        assertThat(page.locator(".conversations h2")).hasText("0 found");
    }

    @Test
    void aConversationIsRenamedAndPinned() {
        open();
        openAnswered("To be renamed", "Well");
        choose("To be renamed", "Rename");
        page.getByLabel("Name of the conversation").fill("A better name");
        page.keyboard().press("Enter");
        assertThat(entry("A better name")).isVisible();
        assertThat(page).hasTitle("A better name – Parley");
        choose("A better name", "Pin");
        assertThat(page.locator(".conversations section").first().locator("h2")).hasText("Pinned");
        assertThat(page.locator(".conversations section").first()).containsText("A better name");
        page.reload();
        assertThat(page.locator(".conversations section").first()).containsText("A better name");
        choose("A better name", "Unpin");
        assertThat(page.locator(".conversations h2").getByText("Pinned")).hasCount(0);
    }

    @Test
    void whatIsDeletedCanBeTakenBack() {
        open();
        var id = openAnswered("To be deleted", "Oh");
        choose("To be deleted", "Delete");
        assertThat(entry("To be deleted")).hasCount(0);
        assertThat(page.locator(".welcome")).isVisible();
        page.locator(".toast").getByText("Undo").click();
        assertThat(entry("To be deleted")).isVisible();
        assertThat(page).hasURL(Pattern.compile("#/c/" + id));
        assertThat(turns()).hasCount(2);
    }

    @Test
    void aConversationGoesOutAsJsonAndComesBack() throws IOException {
        open();
        openAnswered("To be exported", "With **marks**");
        var download = page.waitForDownload(() -> choose("To be exported", "Export as JSON"));
        assertEquals("To be exported.json", download.suggestedFilename());
        assertTrue(Files.readString(download.path()).contains("With **marks**"));
        var file = Files.createTempFile("parley-export", ".json");
        download.saveAs(file);
        choose("To be exported", "Delete");
        assertThat(entry("To be exported")).hasCount(0);

        page.locator(".sidebar-foot").click();
        var chooser = page.waitForFileChooser(() -> page.getByText("Import a JSON file").click());
        chooser.setFiles(file);
        assertThat(page.locator(".toast").last()).containsText("The conversation was imported.");
        assertThat(turns()).hasCount(2);
        assertThat(lastAnswer().locator("strong")).hasText("marks");
        Files.delete(file);
    }

    @Test
    void aFileThatIsNoConversationIsRefusedInWords() throws IOException {
        open();
        var file = Files.writeString(Files.createTempFile("parley-broken", ".json"), "{ this is no JSON");
        page.locator(".sidebar-foot").click();
        page.waitForFileChooser(() -> page.getByText("Import a JSON file").click()).setFiles(file);
        assertThat(page.locator(".toast")).containsText("is not a JSON file");
        Files.writeString(file, "{\"something\": \"else\"}");
        page.locator(".sidebar-foot").click();
        page.waitForFileChooser(() -> page.getByText("Import a JSON file").click()).setFiles(file);
        assertThat(page.locator(".toast")).hasCount(2);
        Files.delete(file);
    }

    @Test
    void allConversationsAreExportedTogether() throws IOException {
        open();
        openAnswered("One of all", "Yes");
        page.locator(".sidebar-foot").click();
        var download = page.waitForDownload(() -> page.getByText("Export all conversations").click());
        assertTrue(Files.readString(download.path()).contains("One of all"));
    }

    @Test
    void aSharedFileStandsAloneAndRunsNothing() throws IOException {
        open();
        openAnswered("To be <shared>", "A formula $a^2$, `code`:\n\n```java\nint x = 1;\n```\n\n<script>alert(1)</script>");
        var download = page.waitForDownload(() -> choose("To be <shared>", "Share as an HTML file"));
        var file = Files.createTempDirectory("parley-share").resolve("shared.html");
        download.saveAs(file);
        var html = Files.readString(file);
        assertFalse(html.contains("<script"), html);
        assertFalse(html.matches("(?s).*(src|href)=\"(?!https?://example).*"), "nothing comes from elsewhere");

        var asked = new ArrayList<String>();
        page.onRequest(request -> asked.add(request.url()));
        page.navigate(file.toUri().toString());
        assertEquals(1, asked.size(), asked.toString());
        assertThat(page.locator("h1")).hasText("To be <shared>");
        assertThat(page.locator("math")).isVisible();
        assertThat(page.locator(".hljs-number")).hasText("1");
        assertThat(page.locator("main")).containsText("<script>alert(1)</script>");
        assertEquals(0, page.locator("button").count());
        var weight = page.locator(".hljs-number").evaluate("e => getComputedStyle(e).color !== getComputedStyle(document.body).color");
        assertEquals(true, weight, "the styles are in the file");
    }
}
