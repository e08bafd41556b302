package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.lessons.CopyingMaker;
import dev.parley.serve.lessons.LessonAdapters;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.ModelPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Teaching a model in the page: an answer is edited, a lesson is made, looked at, put in use, and taken out of it. */
class TeachTest extends PageTest {

    @TempDir
    private Path data;
    private CopyingMaker maker;
    private TestServer taught;

    @BeforeEach
    void start() {
        var lessons = Lessons.in(data);
        maker = new CopyingMaker(lessons, name -> name);
        var source = TestServer.source("tiny", List.of(), 7)
                .withTaught(new LessonAdapters(lessons, "tiny", TestServer.modelFolder("tiny", 7), false));
        var pool = new ModelPool(List.of(source), 4L << 30, new Limits(16, 64, 64L << 20, 64), Duration.ofSeconds(20));
        taught = TestServer.start(ServerSettings.DEFAULT.withPort(0), pool, new ServedLessons(lessons, maker, true, Set.of()), data);
    }

    @AfterEach
    void stop() {
        taught.close();
    }

    private Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    private Locator inDialog(String button) {
        return dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button).setExact(true));
    }

    /** Asks, and writes what should have been answered. */
    private void teachByEdit() {
        send("Who are you?");
        awaitAnswer();
        tool("Edit").click();
        lastAnswer().getByLabel("Text of the message").fill("I am your lighthouse.");
        page.keyboard().press("Control+Enter");
        assertThat(lastAnswer().locator(".turn-body")).hasText("I am your lighthouse.");
    }

    private void checkAccessible(String where) {
        var findings = new AxeBuilder(page).analyze().getViolations().stream()
                .filter(v -> List.of("serious", "critical").contains(v.getImpact())).map(v -> where + ": " + v.getId() + " " + v.getNodes())
                .toList();
        assertEquals(List.of(), findings);
    }

    @Test
    void aModelIsTaughtFromAnEditToAnAnswerWithTheLessonAndBack() {
        open(laptop(), taught.base(), "/");
        openShortConversation(8);
        teachByEdit();
        assertThat(lastAnswer().locator("h2")).hasText("Edited by you");
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        assertThat(tool("Good answer")).hasCount(0);

        button("Teach this model").click();
        assertThat(dialog()).containsText("1 edit · 0 choices · 0 thumbs");
        checkAccessible("before");
        inDialog("Make a lesson").click();
        assertThat(dialog().locator("progress")).hasAttribute("value", "0.25");
        assertThat(inDialog("Cancel")).isFocused();
        checkAccessible("meanwhile");
        maker.letGoOn();
        assertThat(dialog().locator(".lesson-state")).hasText("ready");
        assertThat(page.locator("#spoken")).hasText("Lesson 1 is ready to be looked at.");
        assertThat(dialog().locator(".scores .better")).containsText("25%100% better");
        assertThat(dialog().locator(".sample").first()).containsText("I am your lighthouse.");
        assertThat(dialog()).containsText("Since the last lesson0 edits");
        checkAccessible("ready");
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Put in use: Lesson 1")).click();
        assertThat(dialog().locator(".lesson-state")).hasText("in use");
        page.keyboard().press("Escape");

        send("Who are you?");
        awaitAnswer();
        assertThat(lastAnswer().locator("h2")).hasText("tiny · lesson 1");
        page.reload();
        assertThat(lastAnswer().locator("h2")).hasText("tiny · lesson 1");
        tool("Why this answer").click();
        assertThat(dialog()).containsText("The explanation looks at the model without it.");
        page.keyboard().press("Escape");

        button("Teach this model").click();
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Stop using: Lesson 1")).click();
        assertThat(dialog().locator(".lesson-state")).hasText("no longer in use");
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Throw away: Lesson 1")).click();
        assertThat(dialog().locator(".lesson-state")).hasText("thrown away");
        page.keyboard().press("Escape");
        tool("Answer again").click();
        awaitAnswer();
        assertThat(lastAnswer().locator("h2")).hasText("tiny");
    }

    @Test
    void anEditIsTakenBackAndTheAnswerIsThereAgain() {
        open(laptop(), taught.base(), "/");
        var id = openShortConversation(8);
        teachByEdit();
        var original = conversation(id).path("messages").path(1).path("text").textValue();
        lastAnswer().getByText("Take back").click();
        assertThat(lastAnswer().locator("h2")).hasText("tiny");
        assertThat(lastAnswer().locator(".branch-place")).hasText("1/2");
        assertTrue(lastAnswer().locator(".turn-body").textContent().strip().startsWith(original.strip().substring(0, 3)));
        button("Teach this model").click();
        assertThat(dialog()).containsText("0 edits");
        assertThat(inDialog("Make a lesson")).isDisabled();
    }

    @Test
    void aLessonGoesOnWhileItsWindowIsClosedAndCanBeCancelled() {
        open(laptop(), taught.base(), "/");
        openShortConversation(8);
        teachByEdit();
        button("Teach this model").click();
        inDialog("Make a lesson").click();
        assertThat(inDialog("Cancel")).isFocused();
        page.keyboard().press("Escape");
        maker.letGoOn();
        page.locator(".toast").getByText("Look").click();
        assertThat(dialog().locator(".lesson-state")).hasText("ready");
        inDialog("Make a lesson").click();
        inDialog("Cancel").click();
        assertThat(dialog().locator(".lesson-state").first()).hasText("failed");
    }

    @Test
    void onAPhoneItIsInTheMenuOfModelsAndNothingIsWiderThanTheScreen() {
        open(phone().setColorScheme(ColorScheme.DARK).setLocale("zh-CN"), taught.base(), "/");
        api("POST", "/lessons", Map.of("audience", "all"));
        maker.letGoOn();
        page.locator(".model-button").tap();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("教这个模型")).tap();
        assertThat(dialog().locator(".lesson-state")).hasText("可以使用");
        checkAccessible("phone");
        assertEquals(true, page.evaluate("() => [...document.querySelectorAll('.teach *')].every(e => e.getBoundingClientRect().right <= innerWidth + 1)"));
    }
}
