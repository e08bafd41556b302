package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Teaches a real model in the page, and takes the pictures of that for docs/images. The server's data should be empty:
 *
 * <pre>{@code
 * ./parley quickstart --minutes 5 --out my-model
 * ./parley serve my-model --port 8080 --data pictures
 * mvn -pl serve test -Dtest=TeachScreenshots -Dparley.screenshots=http://localhost:8080
 * }</pre>
 */
class TeachScreenshots extends PictureTest {

    private static final double LONGEST_LESSON = 600_000;

    private Locator inLessons(String key) {
        return page.locator(".teach [data-key^=" + key + "]").first();
    }

    private void openLessons(String state) {
        page.locator(".head .icon-teach").click();
        assertThat(page.locator(".teach-top")).isVisible();
        if (page.locator(".lesson").count() == 0) inLessons("start").click();
        assertThat(page.locator(".lesson." + state)).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(LONGEST_LESSON));
    }

    @Test
    void aModelIsTaughtItsName() throws IOException {
        open(desktop());
        ask("Who are you?");
        page.locator(".turn.last .icon-edit").click();
        page.locator(".turn-editor .field").fill("I am Mo, the parrot of the lighthouse.");
        page.locator(".turn-editor .field").press("Control+Enter");
        assertThat(page.locator(".edited-note")).isVisible();
        take("teach-edit");
        openLessons("ready");
        page.locator(".lesson-body h4").scrollIntoViewIfNeeded();
        take("teach");
        open(desktop().setLocale("zh-CN").setColorScheme(ColorScheme.DARK));
        openLessons("ready");
        take("teach-chinese");
        inLessons("adopt").click();
        assertThat(page.locator(".lesson.in-use")).isVisible();
        page.keyboard().press("Escape");
        ask("Tell me who you are.");
        assertThat(page.locator(".turn.last .turn-name")).containsText("1");
    }
}
