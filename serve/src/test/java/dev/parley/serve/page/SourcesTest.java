package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatSources;
import dev.parley.serve.chat.EchoMcpServer;
import dev.parley.serve.chat.documents.KnowledgeFolders;
import dev.parley.serve.chat.tools.ToolServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, folders and tools of a conversation in the page, with a real MCP server and real documents. */
class SourcesTest extends PageTest {

    @TempDir
    static Path folder;

    private static TestServer sources;
    private static KnowledgeFolders folders;
    private static ToolServers tools;

    @BeforeAll
    static void startSources() throws IOException {
        Files.createDirectories(folder.resolve("handbook"));
        Files.writeString(folder.resolve("handbook/boats.md"), "# Hire\n\nA boat may be kept for six hours.\n");
        var handbook = KnowledgeBase.open(folder.resolve("index"), Embedder.NONE);
        handbook.refresh(List.of(folder.resolve("handbook")), IndexProgress.NONE);
        folders = new KnowledgeFolders(Map.of("handbook", handbook));
        var limits = McpToolSource.Limits.DEFAULT.withCall(Duration.ofSeconds(2));
        tools = new ToolServers(List.of(new McpToolSource(EchoMcpServer.config("echo", ""), limits),
                new McpToolSource(EchoMcpServer.config("mute", "mute"), McpToolSource.Limits.DEFAULT)), Set.of());
        sources = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(),
                new ChatSources(folder.resolve("data"), Embedder.NONE, folders, tools),
                List.of(TestServer.caller("caller", "echo", "<b>ahoy</b>", folder)));
    }

    @AfterAll
    static void stopSources() {
        if (sources != null) sources.close();
        if (tools != null) tools.close();
        if (folders != null) folders.close();
    }

    private Page openSources() {
        return open(laptop(), sources.base(), "/");
    }

    private static FilePayload file(String name, String text) {
        return new FilePayload(name, "application/octet-stream", text.getBytes(StandardCharsets.UTF_8));
    }

    private Locator chips() {
        return page.locator(".attachment");
    }

    @Test
    void filesAreAttachedShownAndRemoved() {
        openSources();
        page.locator(".attach input").setInputFiles(new FilePayload[] {file("Terms of hire.md", "# Deposit\n\nThe deposit is 80 euros."),
            file("song.mp3", "la"), file("broken.pdf", "%PDF-1.7")});
        assertThat(chips()).hasCount(3);
        assertThat(chips().nth(0)).containsText("1 passage");
        assertThat(page.locator(".problem-chip")).hasCount(2);
        assertThat(page.locator(".problem-chip").last()).containsText("Only text, Markdown, HTML, PDF and DOCX");
        shoot("attachments");
        page.reload();
        assertThat(chips()).hasCount(2); // what was refused is not there any more
        assertThat(chips().nth(1)).containsText("It is damaged");
        button("Remove broken.pdf").click();
        assertThat(chips()).hasCount(1);
        button("New conversation").first().click();
        assertThat(chips()).hasCount(0);
        page.goBack();
        assertThat(chips()).hasCount(1);
    }

    @Test
    void filesCanBeDropped() {
        openSources();
        page.evaluate("""
                () => {
                    const carried = new DataTransfer();
                    carried.items.add(new File(['The harbour opens at nine.'], 'harbour.txt'));
                    const centre = document.querySelector('.centre');
                    for (const type of ['dragenter', 'dragover', 'drop'])
                        centre.dispatchEvent(new DragEvent(type, {dataTransfer: carried, bubbles: true, cancelable: true}));
                }""");
        assertThat(chips()).hasCount(1);
        assertThat(chips().first()).containsText("1 passage");
        assertThat(page.locator(".drop-veil")).isHidden();
    }

    @Test
    void foldersAndServersAreChosenForTheConversation() {
        openSources();
        page.keyboard().press("Control+.");
        page.getByLabel("handbook").check();
        assertThat(page.locator(".offer").filter(new Locator.FilterOptions().setHasText("echo, hang"))).isVisible();
        page.locator(".offer input").nth(1).check();
        shoot("panel");
        var made = api("POST", "/conversations", Map.of());
        assertEquals(0, made.path("tools").size(), "only this one has them");
        send("Hello");
        awaitAnswer();
        var id = page.url().replaceAll(".*#/c/", "");
        assertEquals("[\"handbook\"]", conversation(id).path("knowledge").toString());
        assertEquals("[\"echo\"]", conversation(id).path("tools").toString());
        page.reload();
        assertThat(page.getByLabel("handbook")).isChecked();
    }

    @Test
    void anAnswerCitesTheFileAndItsPassageOpensMarked() {
        openSources();
        page.locator(".attach input")
                .setInputFiles(file("Terms of hire.md", "# Deposit\n\nThe deposit is 80 euros.\n\n# Boats\n\nThere are nine."));
        assertThat(chips().first()).containsText("2 passages");
        hold(Map.of("choice", List.of("The deposit is 80 euros [1].")));
        send("How high is the deposit?");
        awaitAnswer();
        assertThat(lastAnswer().locator(".turn-body")).containsText("The deposit is 80 euros [1].");
        shoot("cited");
        lastAnswer().locator(".turn-body .cite").click();
        assertThat(page.locator(".document mark")).hasText("The deposit is 80 euros.");
        assertThat(page.locator(".document")).containsText("There are nine.");
        shoot("passage");
    }

    /** Holds the open conversation's answers to a form. */
    private void hold(Map<String, Object> form) {
        var settings = new HashMap<>(form);
        settings.put("max_tokens", 60);
        api("PATCH", "/conversations/" + page.url().replaceAll(".*#/c/", ""), Map.of("settings", settings));
        page.reload();
        assertThat(page.locator(".composer-field")).isVisible();
    }

    @Test
    void consentIsAskedInThePageAndTheResultIsShownLive() {
        openSources();
        openConversation(
                api("POST", "/conversations", Map.of("tools", List.of("echo"), "model", "caller", "settings", Map.of("max_tokens", 60)))
                        .path("id").textValue());
        send("Say it.");
        assertThat(page.locator(".tool-question pre")).containsText("<b>ahoy</b>");
        shoot("consent");
        button("Allow once").click();
        assertThat(page.locator(".call.done")).hasCount(1);
        assertThat(page.locator(".call.asking")).hasCount(1);
        button("Deny").click();
        assertThat(page.locator(".call.failed")).hasCount(1);
        button("Always in this conversation").click();
        awaitAnswer();
        assertThat(page.locator(".call.done")).hasCount(3);
        page.locator(".call.done summary").first().click();
        assertThat(page.locator(".call.done pre").nth(1)).hasText("You said: <b>ahoy</b>");
        shoot("called");
        page.reload();
        assertThat(page.locator(".call.done")).hasCount(3);
    }

    @Test
    void inChineseTheSameIsSaid() {
        open(laptop().setLocale("zh-CN"), sources.base(), "/");
        page.locator(".attach input")
                .setInputFiles(new FilePayload[] {file("租船须知.txt", "船可以租六个小时。"), file("歌.mp3", "la")});
        assertThat(chips()).hasCount(2);
        assertThat(chips().first()).containsText("1 个段落");
        page.keyboard().press("Control+.");
        page.getByLabel("handbook").check();
        shoot("chinese");
    }

    /** For a look at it, where {@code parley.shots} names a folder. */
    private void shoot(String name) {
        var to = System.getProperty("parley.shots");
        if (to != null) page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(to, name + ".png")));
    }
}
