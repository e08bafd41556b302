package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Users;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page of a server that asks who is there. */
@ExtendWith(Chromium.Shared.class)
class LoginTest {

    private static TestServer server;

    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void startAll() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PageTest.PATIENCE);
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true));
    }

    @AfterAll
    static void stopAll() {
        if (server != null) server.close();
    }

    @BeforeEach
    void open() {
        context = Chromium.shared().browser().newContext(PageTest.laptop());
        page = context.newPage();
        page.setDefaultTimeout(PageTest.PATIENCE);
        page.navigate(server.base());
    }

    @AfterEach
    void close() {
        context.close();
    }

    private void login(String name, String password) {
        page.getByLabel("Name").fill(name);
        page.getByLabel("Password").fill(password);
        page.keyboard().press("Enter");
    }

    @Test
    void aWrongPasswordIsToldAndTheRightOneLetsIn() {
        new Users(server.database()).add("ada", "a long password");
        assertThat(page.getByLabel("Name")).isFocused();
        var findings = new AxeBuilder(page).analyze().getViolations().stream()
                .filter(v -> List.of("serious", "critical").contains(v.getImpact())).toList();
        assertEquals(List.of(), findings);
        login("ada", "not her password");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("Wrong name or password");
        login("ada", "a long password");
        assertThat(page.locator(".composer-field")).isVisible();
        assertThat(page.locator(".sidebar-foot")).hasText("ada");
        page.reload();
        assertThat(page.locator(".sidebar-foot")).hasText("ada");
    }

    @Test
    void aChangedPasswordIsTheOneThatCounts() {
        new Users(server.database()).add("grace", "the first password");
        login("grace", "the first password");
        page.locator(".sidebar-foot").click();
        page.getByText("Change password").click();
        page.getByLabel("Current password").fill("the first password");
        page.getByLabel("New password", new Page.GetByLabelOptions().setExact(true)).fill("the second password");
        page.getByLabel("New password, again").fill("the second passwort");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("The two new passwords differ.");
        page.getByLabel("New password, again").fill("the second password");
        page.keyboard().press("Enter");
        assertThat(page.locator(".toast")).containsText("The password was changed.");

        page.locator(".sidebar-foot").click();
        page.getByText("Log out").click();
        assertThat(page.getByLabel("Name")).isVisible();
        login("grace", "the second password");
        assertThat(page.locator(".composer-field")).isVisible();
    }

    @Test
    void anEndedSessionLeadsToTheLoginAndTheDraftIsKept() {
        new Users(server.database()).add("mary", "a third password");
        login("mary", "a third password");
        page.locator(".composer-field").fill("Half written");
        context.clearCookies();
        page.keyboard().press("Enter");
        assertThat(page.getByLabel("Password")).isVisible();
        login("mary", "a third password");
        assertThat(page.locator(".composer-field")).hasValue("Half written");
    }
}
