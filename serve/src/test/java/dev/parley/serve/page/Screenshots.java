package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Takes the pictures of docs/images, of a server that runs, with whatever its model answers:
 *
 * <pre>{@code
 * ./parley quickstart --minutes 5 --out my-model
 * ./parley serve my-model --port 8080 --data pictures
 * mvn -pl serve test -Dtest=Screenshots -Dparley.screenshots=http://localhost:8080
 * }</pre>
 */
class Screenshots extends PictureTest {

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
    void lookInside() throws IOException {
        open(desktop());
        ask("Tell a story about a horse called Leo.");
        page.keyboard().press("Control+Shift+l");
        assertThat(page.locator(".turn.assistant .token").first()).isVisible();
        var surprising = page.locator(".turn.assistant .token.s2, .turn.assistant .token.s3, .turn.assistant .token.s4");
        var word = surprising.nth(Math.min(1, surprising.count() - 1));
        word.hover();
        assertThat(page.locator(".card")).isVisible();
        shoot("look-inside");
    }

    @Test
    void whyThisAnswer() throws IOException {
        open(desktop());
        ask("What is a cat?");
        page.locator(".turn.last .icon-why").click();
        page.locator(".why button.said").nth(2).click();
        assertThat(page.locator(".why button.said[aria-pressed=true]")).isVisible();
        page.locator(".why [data-key=occlusion]").click();
        assertThat(page.locator(".why .judgement")).isVisible();
        take("why");
        open(desktop().setLocale("zh-CN").setColorScheme(ColorScheme.DARK));
        ask("你是谁?");
        page.locator(".turn.last .icon-why").click();
        assertThat(page.locator(".why .lens")).isVisible();
        take("why-chinese");
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
