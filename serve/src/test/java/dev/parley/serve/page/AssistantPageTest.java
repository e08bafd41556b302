package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.parley.serve.assistants.Shop.KNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.parley.serve.assistants.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Assistants on the page: chosen as models are, with what they did for an answer. The model has random weights and says anything. */
class AssistantPageTest extends PageTest {

    @TempDir
    static Path folder;

    private static Shop shop;

    @BeforeAll
    static void openShop() throws IOException {
        shop = Shop.open(folder, Shop.NOTICE);
    }

    @AfterAll
    static void closeShop() {
        shop.close();
    }

    private void choose(String name) {
        page.locator(".model-button").click();
        page.getByRole(AriaRole.MENUITEMRADIO, new Page.GetByRoleOptions().setName(Pattern.compile("^" + name))).click();
        assertThat(page.locator(".model-button")).hasText(name);
    }

    private String current() {
        return page.url().replaceAll(".*#/c/", "");
    }

    /** An answer of the shop's, as if its model had said a text. @return the conversation's id */
    private String importedAnswer(String text) {
        var asked = api("POST", "/conversations", Map.of("model", "shop")).path("id").textValue();
        openConversation(asked);
        send(KNOWN);
        awaitAnswer();
        var document = (ObjectNode) api("GET", "/conversations/" + asked + "/export", null);
        var answer = (ObjectNode) document.at("/conversations/0/messages/1");
        for (var part : List.of(document.at("/conversations/0"), document.at("/conversations/0/messages/0"), answer))
            ((ObjectNode) part).remove(List.of("created", "updated")); // of 64 bits, which the browser's driver does not take
        answer.put("text", text).put("finish_reason", "stop");
        ((ObjectNode) answer.path("turn")).put("cited", true);
        var id = api("POST", "/import", JSON.convertValue(document, Map.class)).at("/conversations/0/id").textValue();
        openConversation(id);
        return id;
    }

    @Test
    void anAssistantIsChosenLikeAModelAndAsksToBeAsked() {
        open(laptop(), shop.server().base(), "/");
        choose("Our shop");
        assertThat(page.locator(".welcome h1")).hasText("Our shop");
        assertThat(page.locator(".welcome")).containsText("Answers from our files.");
        assertThat(page.locator(".welcome .notice")).hasText("Prices may change.");
        button("Settings").click();
        assertThat(page.getByLabel("System prompt")).isHidden();
        assertThat(page.locator(".about-assistant")).containsText("tiny-2 answers for it");
        page.locator(".idea").click();
        assertThat(composer()).hasValue("How long may I return an item?");
        composer().press("Enter");
        awaitAnswer();
        assertThat(lastAnswer().locator("h2")).hasText("Our shop");
        assertEquals("shop", api("GET", "/conversations/" + current(), null).path("model").textValue());
        page.reload();
        assertThat(lastAnswer().locator(".sources button").first()).containsText("Returns");
        assertThat(lastAnswer().locator(".notice")).hasText("Prices may change.");
        lastAnswer().locator(".turn-tools").getByLabel("Answer again").click();
        assertThat(lastAnswer().locator(".branch-place")).hasText("2/2");
        awaitAnswer();
        button("New conversation").click();
        choose("tiny-2");
        assertThat(page.getByLabel("System prompt")).isVisible();
    }

    @Test
    void aFormThatIsChosenIsKeptUntilAnotherIs() {
        open(laptop(), shop.server().base(), "/");
        choose("Our shop");
        button("Yes or no").click();
        assertThat(button("Yes or no")).hasAttribute("aria-pressed", "true");
        send(KNOWN);
        awaitAnswer();
        assertThat(lastAnswer().locator(".turn-body")).hasText(Pattern.compile("^(yes|no)$"));
        page.reload();
        assertThat(button("Yes or no")).hasAttribute("aria-pressed", "true");
        button("Pick").click();
        send(KNOWN);
        awaitAnswer();
        assertThat(lastAnswer().locator("pre")).hasText(Pattern.compile("^\\{\\s+\"a\": [12]\\s+\\}\\s*$"));
        button("Free text").click();
        assertThat(button("Free text")).hasAttribute("aria-pressed", "true");
        page.waitForCondition(() -> conversation(current()).path("settings").isEmpty());
        choose("Talker");
        assertThat(page.locator(".form-bar")).isHidden();
    }

    @Test
    void thePageSpeaksOfAnAssistantInTheReadersLanguage() {
        open(laptop().setLocale("zh-CN"), shop.server().base(), "/");
        choose("小店");
        assertThat(page.locator(".welcome")).containsText("根据文件回答。");
        assertThat(page.locator(".idea")).hasText(new String[] {"退货期限是多少天？"});
        send("蒙娜丽莎是谁画的？");
        awaitAnswer();
        assertThat(lastAnswer().locator(".turn-body")).hasText("我不清楚。");
        assertThat(lastAnswer().locator(".notice")).hasText("价格可能变动。");
        assertThat(lastAnswer().locator(".ending")).hasText("固定文字：文件里没有相关内容，没有询问模型。");
    }

    @Test
    void aCitationOpensThePassageMarkedInItsDocument() {
        open(laptop(), shop.server().base(), "/");
        importedAnswer("You have **thirty days** [1], not `list[1]` and not [7].");
        var cites = lastAnswer().locator(".cite");
        assertThat(cites).hasCount(1);
        assertThat(cites).hasAttribute("aria-label", Pattern.compile("^Source 1: Returns"));
        cites.press("Enter");
        var dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog.locator("mark")).containsText("within 30 days");
        assertThat(dialog.locator(".document")).containsText("We ship to all of Europe.");
        assertThat(dialog.locator(".document")).containsText("We wrap gifts for free.");
        assertThat(dialog.locator(".passage-head")).containsText("faq/returns.md");
        page.keyboard().press("Escape");
        assertThat(dialog).hasCount(0);
        lastAnswer().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(Pattern.compile("Returns"))).click();
        assertThat(dialog.locator("mark")).containsText("within 30 days");
        assertEquals(current(), page.url().replaceAll(".*#/c/", ""), "a citation leads nowhere else");
    }

    @Test
    void aFixedAnswerIsVisiblySuchAndTheDecisionIsTold() {
        open(laptop(), shop.server().base(), "/");
        choose("Our shop");
        send("I have crushing chest pain and cannot breathe");
        awaitAnswer();
        assertThat(lastAnswer()).hasClass(Pattern.compile("\\bguarded\\b"));
        assertThat(lastAnswer().locator(".ending")).hasText("Fixed text of a guardrail. The model was not asked.");
        assertThat(lastAnswer().locator(".decisions")).containsText("Your message reads like an emergency");
        assertThat(lastAnswer().locator(".decisions small")).hasText(Pattern.compile("^Guardrail emergencies · rule \\w+"));
        assertThat(lastAnswer().locator(".sources")).hasCount(0);
        send("What does express delivery cost?");
        awaitAnswer();
        assertThat(lastAnswer().locator(".ending")).hasCount(0);
        assertThat(lastAnswer().locator(".decisions")).containsText("Text in a passage gives the model orders");
    }

    @Test
    void anAnswerIsStoppedAndComesBackAfterAReload() {
        open(laptop(), shop.server().base(), "/");
        choose("Talker");
        send("Talk, please.");
        stopOnceBegun();
        awaitAnswer();
        page.reload();
        assertThat(lastAnswer()).containsText("You stopped this answer.");
        assertThat(lastAnswer().locator(".turn-note button")).hasText("Answer again");
        var message = api("GET", "/conversations/" + current(), null).path("messages").get(1);
        assertEquals("cancelled", message.path("status").textValue());
    }

    @Test
    void callsOfToolsAreListedAsTextWhateverTheySay() {
        open(laptop(), shop.server().base(), "/");
        var call = Map.of("id", "call_1", "source", "files", "tool", "read", "arguments", Map.of("path", "<b>a</b>"), "result",
                "<img src=x onerror=alert(1)>", "error", false);
        var turn = Map.of("assistant", "shop", "ending", "answered", "tools",
                List.of(call, Map.of("id", "call_2", "source", "files", "tool", "list", "result", "No such folder.", "error", true)));
        var messages = List.of(Map.of("id", "1", "role", "user", "text", "Read it"),
                Map.of("id", "2", "parent", "1", "role", "assistant", "text", "Done.", "model", "shop", "turn", turn));
        var id = api("POST", "/import", Map.of("format", "parley-conversations", "version", 1, "conversations",
                List.of(Map.of("title", "Tools", "messages", messages)))).at("/conversations/0/id").textValue();
        openConversation(id);
        var calls = lastAnswer().locator(".call");
        assertThat(calls).hasCount(2);
        assertThat(calls.first()).containsText("done");
        assertThat(calls.last()).containsText("failed");
        calls.first().locator("summary").click();
        assertThat(calls.first().locator("pre").first()).containsText("\"path\": \"<b>a</b>\"");
        assertThat(calls.first().locator("pre").last()).hasText("<img src=x onerror=alert(1)>");
        assertThat(lastAnswer().locator("img")).hasCount(0);
    }

    @Test
    void thoughtsOfATurnAreFoldedAboveItsAnswer() {
        open(laptop(), shop.server().base(), "/");
        var turn = Map.of("assistant", "shop", "ending", "answered", "thoughts", "Where is <b>it</b>?");
        var messages = List.of(Map.of("id", "1", "role", "user", "text", "Read it"),
                Map.of("id", "2", "parent", "1", "role", "assistant", "text", "Done.", "model", "shop", "turn", turn));
        openConversation(api("POST", "/import", Map.of("format", "parley-conversations", "version", 1, "conversations",
                List.of(Map.of("title", "Thoughts", "messages", messages)))).at("/conversations/0/id").textValue());
        assertThat(lastAnswer().locator(".turn-body")).hasText("Done.");
        assertThat(lastAnswer().locator(".thoughts-text")).isHidden();
        lastAnswer().locator("details.thoughts summary").click();
        assertThat(lastAnswer().locator(".thoughts-text")).hasText("Where is <b>it</b>?");
    }

    @Test
    void twoAnswersSideBySideHaveTheirSources() {
        open(laptop(), shop.server().base(), "/");
        choose("Our shop");
        button("Side by side").click();
        send(KNOWN);
        page.waitForFunction("() => document.querySelectorAll('.verdict-buttons button').length === 4");
        assertThat(page.locator(".column .sources")).hasCount(2);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Left is better")).click();
        assertThat(lastAnswer().locator(".sources")).isVisible();
        JsonNode messages = api("GET", "/conversations/" + current(), null).path("messages");
        assertTrue(messages.size() == 3 && messages.get(2).path("model").asText().equals("shop"), messages.toString());
    }
}
