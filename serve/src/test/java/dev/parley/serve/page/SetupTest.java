package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.parley.generate.config.GenerationSettings;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The model, the presets, the settings of a conversation, and what is told of their use. */
class SetupTest extends PageTest {

    @Test
    void anotherModelIsChosenFromTheMenu() {
        open();
        var id = openShortConversation(4);
        page.locator(".model-button").click();
        page.getByRole(AriaRole.MENUITEMRADIO, new Page.GetByRoleOptions().setName(Pattern.compile("^tiny-2"))).click();
        assertThat(page.locator(".model-button")).hasText("tiny-2");
        send("Who answers?");
        awaitAnswer();
        assertThat(lastAnswer().locator("h2")).hasText("tiny-2");
        assertEquals("tiny-2", conversation(id).path("model").textValue());
    }

    @Test
    void settingsShowTheEffectiveDefaultsAndAreSent() {
        open();
        var id = openShortConversation(4);
        page.keyboard().press("Control+.");
        var defaults = api("GET", "/models", null).path("models").get(0).path("defaults");
        assertTrue(defaults.size() > 4, defaults.toString());
        for (var name : new String[] {"temperature", "top_p", "top_k", "min_p", "repetition_penalty", "presence_penalty",
            "frequency_penalty"}) {
            assertEquals(defaults.path(name).doubleValue(),
                    Double.parseDouble(page.locator("#setting-" + name).getAttribute("placeholder")), name);
        }
        page.getByLabel("Temperature", new Page.GetByLabelOptions().setExact(true)).fill("0.3");
        page.keyboard().press("Enter");
        page.waitForCondition(() -> conversation(id).path("settings").path("temperature").doubleValue() == 0.3);
        send("Cool");
        awaitAnswer();
        assertEquals(0.3, conversation(id).path("messages").get(1).path("settings").path("temperature").doubleValue());
        button("Temperature: back to the default").click();
        page.waitForCondition(() -> conversation(id).path("settings").path("temperature").isMissingNode());
    }

    @Test
    void theFormSaysWhatTheSettingsDeclareInTheReadersLanguage() {
        for (var locale : new String[] {"en-US", "zh-CN"}) {
            open(laptop().setLocale(locale), "/");
            page.keyboard().press("Control+.");
            for (var setting : GenerationSettings.all()) {
                if (setting.doors().row().isEmpty()) continue;
                var chinese = locale.equals("zh-CN");
                var label = setting.doors().row().get().label();
                var field = page.getByLabel(chinese ? label.chinese() : label.english(), new Page.GetByLabelOptions().setExact(true));
                var hint = page.locator("#" + field.getAttribute("aria-describedby"));
                assertThat(hint).containsText(chinese ? setting.says().chinese() : setting.says().english());
            }
            page.context().close();
        }
    }

    @Test
    void theSystemPromptIsKeptAndAPresetHoldsAll() {
        open();
        var id = openShortConversation(4);
        button("Settings").click();
        page.getByLabel("System prompt").fill("You are a lighthouse.");
        page.getByLabel("System prompt").blur();
        page.waitForCondition(() -> conversation(id).path("system").asText().equals("You are a lighthouse."));
        button("Save as preset").click();
        page.getByLabel("Name of the preset").fill("Lighthouse");
        page.keyboard().press("Enter");
        assertThat(page.locator(".toast")).containsText("Lighthouse");

        button("New conversation").click();
        assertThat(page.getByLabel("System prompt")).hasValue("");
        page.locator(".model-button").click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(Pattern.compile("^Lighthouse"))).click();
        assertThat(page.getByLabel("System prompt")).hasValue("You are a lighthouse.");
        send("Shine");
        awaitAnswer();
        var made = conversation(page.url().replaceAll(".*#/c/", ""));
        assertEquals("You are a lighthouse.", made.path("system").textValue());
        assertEquals(4, made.path("settings").path("max_tokens").intValue());
    }

    @Test
    void whatWasUsedIsTold() {
        open();
        var id = openShortConversation(9);
        send("Count");
        awaitAnswer();
        var usage = conversation(id).path("messages").get(1).path("usage");
        assertThat(lastAnswer().locator(".turn-stats")).hasText(Pattern.compile("^9 tokens · [\\d.,]+ tokens/s$"));
        var used = usage.path("prompt_tokens").intValue() + usage.path("completion_tokens").intValue();
        assertThat(page.locator(".context-meter")).containsText(used + " of 1,024 tokens");
    }

    @Test
    void aChosenThemeAndLanguageStay() {
        open();
        assertEquals("rgb(253, 252, 250)", page.evaluate("() => getComputedStyle(document.body).backgroundColor"));
        page.locator(".sidebar-foot").click();
        page.getByLabel("Dark").focus();
        page.keyboard().press("Space");
        assertEquals("rgb(27, 26, 24)", page.evaluate("() => getComputedStyle(document.body).backgroundColor"));
        page.getByLabel("中文").focus();
        page.keyboard().press("Space"); // which loads the page again
        assertThat(page.locator("html")).hasAttribute("lang", "zh-Hans");
        assertThat(composer()).hasAttribute("placeholder", "输入消息");
        page.reload();
        assertThat(page.locator("html")).hasAttribute("lang", "zh-Hans");
        assertEquals("rgb(27, 26, 24)", page.evaluate("() => getComputedStyle(document.body).backgroundColor"));
    }

    @Test
    void theLanguageIsThatOfTheBrowser() {
        open(laptop().setLocale("zh-CN"), "/");
        assertThat(page.locator("html")).hasAttribute("lang", "zh-Hans");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("想聊点什么？"))).isVisible();
    }

    @Test
    void bothLanguagesHaveWordsForAllThatIsSaid() {
        open();
        var missing = page.evaluate("""
                async () => {
                    const base = document.querySelector('script[type=module]').src.replace('app.js', 'i18n/');
                    const { en } = await import(base + 'en.js');
                    const { zh } = await import(base + 'zh.js');
                    const names = text => [...text.matchAll(/\\{\\w+\\}/g)].map(m => m[0]).sort().join();
                    const only = Object.keys(en).filter(k => !k.endsWith('.one') && (!(k in zh) || names(en[k]) !== names(zh[k])));
                    return [...only, ...Object.keys(zh).filter(k => !(k in en))].join();
                }""");
        assertEquals("", missing);
    }

    @Test
    void allThatTheFirstLoadBringsIsSmall() {
        open();
        @SuppressWarnings("unchecked")
        var load = (Map<String, Object>) page.evaluate("""
                () => {
                    const all = [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')];
                    return { bytes: all.reduce((sum, e) => sum + e.transferSize, 0), elsewhere: all.filter(e => !e.name.startsWith(location.origin)).length, files: all.length };
                }""");
        assertTrue(((Number) load.get("files")).intValue() > 40, load.toString());
        assertTrue(((Number) load.get("bytes")).intValue() <= 300_000, load.toString());
        assertEquals(0, ((Number) load.get("elsewhere")).intValue());
    }
}
