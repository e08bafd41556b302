package dev.parley.serve.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.parley.serve.TestServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests of the page share: a real server, a browser, and a page of its own for each test, which must not complain. */
@ExtendWith(Chromium.Shared.class)
abstract class PageTest {

    static final ObjectMapper JSON = new ObjectMapper();

    static final double PATIENCE = 60_000;

    static TestServer server;

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private BrowserContext context;
    Page page;

    @BeforeAll
    static void startAll() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE); // long, for busy machines: what is right is seen at once
        server = TestServer.start();
    }

    @AfterAll
    static void stopAll() {
        if (server != null) server.close();
        server = null;
    }

    @AfterEach
    void pageHasNotComplained() {
        if (context != null) context.close();
        assertEquals(List.of(), complaints);
    }

    /** A browser in English, light, as wide as a laptop. */
    static Browser.NewContextOptions laptop() {
        return new Browser.NewContextOptions().setViewportSize(1280, 800).setLocale("en-US")
                .setPermissions(List.of("clipboard-read", "clipboard-write"));
    }

    static Browser.NewContextOptions phone() {
        return laptop().setViewportSize(390, 844).setHasTouch(true).setIsMobile(true);
    }

    /** Opens the page, and waits until it can be used. */
    Page open(Browser.NewContextOptions options, String path) {
        return open(options, server.base(), path);
    }

    Page open(Browser.NewContextOptions options, String base, String path) {
        context = Chromium.shared().browser().newContext(options);
        page = context.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.onPageError(error -> complaints.add(error));
        page.onConsoleMessage(message -> {
            // a refusal is told by the page in words; that the browser also logs it is no complaint
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) complaints.add(message.text());
        });
        page.navigate(base + path);
        composer().waitFor();
        return page;
    }

    Page open() {
        return open(laptop(), "/");
    }

    Locator composer() {
        return page.locator(".composer-field");
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The turns that are shown. */
    Locator turns() {
        return page.locator(".turn");
    }

    Locator lastAnswer() {
        return page.locator(".turn.assistant").last();
    }

    /** A tool of the last answer. */
    Locator tool(String name) {
        return lastAnswer().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    void send(String text) {
        composer().fill(text);
        composer().press("Enter");
    }

    /** Presses Stop as soon as an answer has some text: within the page, since a small model may end before a click from outside. */
    void stopOnceBegun() {
        page.waitForFunction("""
                () => {
                    if ((document.querySelector('.turn.assistant:last-child .turn-body')?.textContent.length ?? 0) <= 20) return false;
                    document.querySelector('.composer .send').click();
                    return true;
                }""");
    }

    /** Waits until the last answer is whole. The page looks at each frame, where an assertion asks again after up to a second. */
    void awaitAnswer() {
        page.waitForFunction("""
                () => {
                    const last = [...document.querySelectorAll('.turn.assistant')].at(-1);
                    return last?.getAttribute('aria-busy') === 'false' && last.querySelector('.turn-tools')?.childElementCount > 0;
                }""");
    }

    /** Calls the server as the page does. */
    JsonNode api(String method, String path, Object body) {
        var result = page.evaluate("""
                async ([method, path, body]) => {
                    const api = await import(document.querySelector('script[type=module]').src.replace('app.js', 'api.js'));
                    const call = {GET: api.get, POST: api.post, PATCH: api.patch, PUT: api.put, DELETE: api.remove}[method];
                    return JSON.stringify(await call(path, body === null ? undefined : body));
                }""", Arrays.asList(method, path, body));
        try {
            return JSON.readTree(result == null ? "null" : result.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a conversation whose answers are short and always the same, and opens it. @return its id */
    String openShortConversation(int maxTokens) {
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", maxTokens, "seed", 7))).path("id").textValue();
        openConversation(id);
        return id;
    }

    /** Makes a conversation in which a model is said to have answered with a text, and opens it. @return its id */
    String openAnswered(String question, String answer) {
        var id = api("POST", "/conversations", Map.of()).path("id").textValue();
        var asked = api("POST", "/conversations/" + id + "/messages", Map.of("text", question)).path("id").textValue();
        api("POST", "/conversations/" + id + "/messages", Map.of("parent", asked, "role", "assistant", "text", answer));
        openConversation(id);
        return id;
    }

    void openConversation(String id) {
        page.evaluate("id => { location.hash = '#/c/' + id; }", id);
        page.waitForFunction("id => document.querySelector('.conversations a[aria-current]')?.hash === '#/c/' + id", id);
    }

    JsonNode conversation(String id) {
        return api("GET", "/conversations/" + id, null);
    }
}
