package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.SelectOption;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Why an answer is as it is, from the page. */
class WhyTest extends PageTest {

    private String answer; // its id

    private Locator why(String within) {
        return page.locator(".why " + within);
    }

    private void openWhy() {
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 8, "seed", 3, "temperature", 1.6))).path("id")
                .textValue();
        openConversation(id);
        send("Say eight words");
        awaitAnswer();
        answer = conversation(id).path("current").textValue();
        tool("Why this answer").click();
    }

    /** What the server tells of the third token of the answer. */
    private JsonNode scores(String query) {
        var events = page.evaluate("async path => (await (await fetch('/api' + path)).text())",
                "/messages/" + answer + "/explanation?token=2" + query).toString();
        try {
            return JSON.readTree(events.substring(events.lastIndexOf("data: ") + 6));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(events, e);
        }
    }

    @Test
    void anAnswerIsExplainedFirstQuicklyThenInDepthByMouse() {
        open();
        openWhy();
        assertThat(why("h2").first()).hasText("Strongest sources of the whole answer");
        assertThat(why("[data-key=rollout]")).hasAttribute("aria-pressed", "true");
        assertThat(why("button.said")).hasCount(8);

        // one token: heads can be looked at one by one
        why("button.said").nth(2).click();
        assertThat(why("button.said").nth(2)).hasAttribute("aria-pressed", "true");
        assertThat(why("button.said").nth(2)).isFocused();
        why("[data-key=attention]").click();
        why("[data-key=layer]").selectOption(new SelectOption().setValue("1"));
        why("[data-key=head]").selectOption(new SelectOption().setValue("0"));
        var head = scores("").path("attention").path(0).path(1).path(0);
        var strongest = 0.0;
        for (int t = 1; t < head.size(); t++) strongest = Math.max(strongest, head.path(t).asDouble());
        assertEquals(100 * strongest, Double.parseDouble(why(".bar-value").first().textContent().replace(" %", "")), 0.51,
                "without the first token");

        // what takes longer is asked for, and comes with its check
        assertThat(why(".judgement")).hasCount(0);
        why("[data-key=occlusion]").click();
        assertThat(why("[data-key=occlusion]")).hasAttribute("aria-pressed", "true");
        assertThat(why(".judgement")).isVisible();
        var first = why(".bar-value").first().textContent().replace('−', '-');
        var largest = 0.0;
        for (var score : scores("&analyses=occlusion").path("attributions").path(0).path("scores").path(0)) {
            if (Math.abs(score.asDouble()) > Math.abs(largest)) largest = score.asDouble();
        }
        assertEquals(largest, Double.parseDouble(first), 0.006);
        why("[data-key=integrated_gradients]").click();
        assertThat(why("")).containsText("Completeness gap");
        assertThat(why("")).containsText("does not say what it was trained on");

        // rather than another: what has been computed for the token is still there afterwards
        why("[data-key=contrast]").selectOption(new SelectOption().setIndex(1));
        assertThat(why(".contrast")).containsText("rather than");
        assertThat(why("[data-key=occlusion]")).hasAttribute("class", "choice wanted");
        why("[data-key=contrast]").selectOption(new SelectOption().setIndex(0));
        assertThat(why(".contrast")).hasCount(0);
        assertThat(why("[data-key=occlusion]")).hasAttribute("class", "choice");

        // the whole again
        why("button.said").nth(2).click();
        assertThat(why("h2").first()).hasText("Strongest sources of the whole answer");
        page.keyboard().press("Escape");
        assertThat(page.locator(".why")).hasCount(0);
        assertThat(tool("Why this answer")).isFocused();
    }

    @Test
    void keysLeadFromAWordToItsReasonsInChinese() {
        open(laptop().setLocale("zh-CN"), "/");
        var id = api("POST", "/conversations", Map.of("settings", Map.of("max_tokens", 8, "seed", 3))).path("id").textValue();
        openConversation(id);
        send("你好");
        awaitAnswer();
        page.keyboard().press("Control+Shift+l");
        page.locator(".turn.assistant .token").first().focus();
        page.keyboard().press("Enter");
        page.getByText("为什么是这个词？").focus();
        page.keyboard().press("Enter");
        assertThat(why("button.said[aria-pressed=true]")).hasCount(1);
        why("[data-key=check]").focus();
        page.keyboard().press("Enter");
        assertThat(why(".judgement")).isVisible();
        assertTrue(why(".judgement").textContent().matches(".*[\\u4e00-\\u9fff].*"));
        assertThat(why(".why-progress")).isHidden();
    }

    @Test
    void aComputationIsCancelledByItsButtonAndWhatWasThereStays() {
        open();
        openWhy();
        page.route("**/explanation?analyses=occlusion*", route -> {}); // as if it took for ever
        why("[data-key=occlusion]").click();
        page.locator(".why-progress button").click();
        assertThat(page.locator(".why-progress")).isHidden();
        assertThat(why("[data-key=rollout]")).hasAttribute("aria-pressed", "true");
        assertThat(why("[data-key=occlusion]")).hasAttribute("class", "choice wanted");
    }
}
