package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What takes pictures for docs/images of a server that runs, which {@code -Dparley.screenshots} names. */
@EnabledIfSystemProperty(named = "parley.screenshots", matches = "http.+",
        disabledReason = "Pictures are taken when -Dparley.screenshots names a server.")
abstract class PictureTest {

    private static final Path FOLDER = Path.of("../docs/images");
    private static final long LARGEST = 200_000;
    private static final double PATIENCE = 120_000;

    private static Chromium chromium;

    private BrowserContext context;
    Page page;

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

    void open(Browser.NewContextOptions options) {
        if (context != null) context.close();
        context = chromium.browser().newContext(options.setReducedMotion(ReducedMotion.REDUCE));
        page = context.newPage();
        page.navigate(System.getProperty("parley.screenshots"));
        assertThat(page.locator(".composer-field")).isVisible();
    }

    void ask(String question) {
        page.locator(".composer-field").fill(question);
        page.locator(".send").click();
        assertThat(page.locator(".turn.user .turn-body").last()).hasText(question);
        assertThat(page.locator(".turn.last.assistant .turn-stats")).isVisible();
    }

    void take(String name) throws IOException {
        page.mouse().move(700, 3);
        shoot(name);
    }

    void shoot(String name) throws IOException {
        page.waitForTimeout(400);
        var file = FOLDER.resolve(name + ".png");
        page.screenshot(new Page.ScreenshotOptions().setPath(file));
        assertTrue(Files.size(file) < LARGEST, file + " has " + Files.size(file) + " bytes");
    }

    static Browser.NewContextOptions desktop() {
        return PageTest.laptop().setViewportSize(1200, 760);
    }
}
