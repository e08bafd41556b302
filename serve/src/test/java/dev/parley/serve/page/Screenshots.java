package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Takes the pictures of docs/images, of a server that runs, with whatever its model answers:
 *
 * <pre>{@code
 * ./parley quickstart --minutes 5 --out my-model
 * ./parley serve my-model --port 8080 --data pictures
 * mvn -pl serve test -Dtest=Screenshots -Dparley.screenshots=http://localhost:8080
 * }</pre>
 */
@EnabledIfSystemProperty(named = "parley.screenshots", matches = "http.+",
        disabledReason = "Pictures are taken when -Dparley.screenshots names a server.")
class Screenshots {

    private static final Path FOLDER = Path.of("../docs/images");
    private static final long LARGEST = 200_000;
    private static final double PATIENCE = 120_000;

    private static Chromium chromium;

    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() throws IOException {
        chromium = Chromium.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        Files.createDirectories(FOLDER);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) chromium.close();
    }

    private void open(Browser.NewContextOptions options) {
        if (context != null) context.close();
        context = chromium.browser().newContext(options.setReducedMotion(ReducedMotion.REDUCE));
        page = context.newPage();
        page.navigate(System.getProperty("parley.screenshots"));
        assertThat(page.locator(".composer-field")).isVisible();
    }

    private void ask(String question) {
        page.locator(".composer-field").fill(question);
        page.locator(".send").click();
        assertThat(page.locator(".turn.user .turn-body").last()).hasText(question);
        assertThat(page.locator(".turn.last.assistant .turn-stats")).isVisible();
    }

    private void take(String name) throws IOException {
        page.mouse().move(700, 3);
        shoot(name);
    }

    private void shoot(String name) throws IOException {
        page.waitForTimeout(400);
        var file = FOLDER.resolve(name + ".png");
        page.screenshot(new Page.ScreenshotOptions().setPath(file));
        assertTrue(Files.size(file) < LARGEST, file + " has " + Files.size(file) + " bytes");
    }

    private static Browser.NewContextOptions desktop() {
        return PageTest.laptop().setViewportSize(1200, 760);
    }

    @Test
    void theConversationInBothThemes() throws IOException {
        open(desktop());
        take("chat-welcome");
        for (var question : new String[] {"Hello", "Who are you?", "What is a token?"}) ask(question);
        take("chat-light");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        take("chat-dark");
    }

    @Test
    void lookInsideAndAttention() throws IOException {
        open(desktop());
        ask("Tell a story about a horse called Leo.");
        page.keyboard().press("Control+Shift+l");
        assertThat(page.locator(".turn.assistant .token").first()).isVisible();
        var surprising = page.locator(".turn.assistant .token.s2, .turn.assistant .token.s3, .turn.assistant .token.s4");
        var word = surprising.nth(Math.min(1, surprising.count() - 1));
        word.hover();
        assertThat(page.locator(".card")).isVisible();
        shoot("look-inside");
        word.click();
        page.locator(".card > .button").click();
        assertThat(page.locator(".attention-list li").first()).isVisible();
        take("attention");
    }

    @Test
    void sideBySideAndSettings() throws IOException {
        open(desktop());
        page.keyboard().press("Control+Shift+y");
        page.locator(".compare-bar .temperature").first().fill("0.2");
        page.locator(".compare-bar .temperature").last().fill("1");
        page.locator(".composer-field").fill("Tell a story about a cat called Mia.");
        page.locator(".send").click();
        assertThat(page.locator(".verdict-buttons")).isVisible();
        take("side-by-side");
        page.locator(".verdict-buttons button").first().click();
        page.keyboard().press("Control+Shift+y");
        page.keyboard().press("Control+.");
        page.locator(".toast button").last().click();
        take("settings");
    }

    @Test
    void inChinese() throws IOException {
        open(desktop().setLocale("zh-CN"));
        for (var question : new String[] {"你好", "你是谁?"}) ask(question);
        take("chat-chinese");
    }

    @Test
    void onAPhone() throws IOException {
        open(PageTest.phone());
        ask("Hello");
        ask("What can you do?");
        take("phone-light");
        open(PageTest.phone().setLocale("zh-CN").setColorScheme(ColorScheme.DARK));
        ask("你好");
        ask("你是谁?");
        take("phone-chinese-dark");
    }
}
