package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What happens when the connection to the server is lost. */
class ConnectionTest extends PageTest {

    private static final String TEXT_OF_LAST = """
            async () => {
                const { state } = await import(document.querySelector('script[type=module]').src.replace('app.js', 'state.js'));
                return state.messages.get(state.leaf).text;
            }""";

    @Test
    void aLostConnectionResumesTheAnswerWhereItWas() {
        try (var proxy = new CuttingProxy(server.port())) {
            open(laptop(), proxy.base(), "/");
            var id = openShortConversation(900);
            send("Write on and on");
            page.waitForFunction("() => (document.querySelector('.turn.assistant .turn-body')?.textContent.length ?? 0) > 40");
            proxy.cut();
            assertThat(page.locator(".lost")).isVisible();
            var had = page.evaluate(TEXT_OF_LAST).toString();
            proxy.mend();
            awaitAnswer();
            assertThat(page.locator(".lost")).isHidden();

            assertTrue(Pattern.compile("(?i)^Last-Event-ID: [1-9]", Pattern.MULTILINE).matcher(proxy.sent()).find(), "it says what it has");
            var kept = conversation(id).path("messages").get(1);
            assertEquals(kept.path("text").textValue(), page.evaluate(TEXT_OF_LAST));
            assertTrue(kept.path("text").textValue().startsWith(had) && kept.path("text").textValue().length() > had.length());
            assertEquals("length", kept.path("finish_reason").textValue());
        }
    }

    @Test
    void anAnswerThatRunsIsFollowedAfterAReload() {
        open();
        openShortConversation(900);
        send("Write on and on");
        page.waitForFunction("() => (document.querySelector('.turn.assistant .turn-body')?.textContent.length ?? 0) > 40");
        page.reload();
        assertThat(lastAnswer()).isVisible();
        awaitAnswer();
        assertThat(lastAnswer().locator(".turn-note")).containsText("length limit");
    }

    @Test
    void whatCouldNotBeSentIsStillThereAndCanBeSentAgain() {
        try (var proxy = new CuttingProxy(server.port())) {
            open(laptop(), proxy.base(), "/");
            openShortConversation(5);
            proxy.cut();
            send("Into the void");
            assertThat(page.locator(".toast")).containsText("The server cannot be reached.");
            assertThat(composer()).hasValue("Into the void");
            proxy.mend();
            page.locator(".toast").getByText("Try again").click();
            awaitAnswer();
            assertThat(page.locator(".turn.user .turn-body")).hasText("Into the void");
            assertThat(composer()).hasValue("");
        }
    }

    @Test
    void eventsAreReadHoweverTheyAreCut() {
        open();
        var stream = "id: 1\nevent: start\ndata: {\"a\":1}\n\n:\n\nid: 2\r\nevent: tokens\r\ndata: {\"b\":\ndata: \"ü\"}\r\n\r\n";
        for (int size : new int[] {1, 2, 7, 1_000}) {
            var read = page.evaluate("""
                    async ([stream, size]) => {
                        const { eventParser } = await import(document.querySelector('script[type=module]').src.replace('app.js', 'stream.js'));
                        const parse = eventParser();
                        const all = [];
                        for (let i = 0; i < stream.length; i += size) all.push(...parse(stream.slice(i, i + size)));
                        return all.map(e => e.id + e.name + JSON.stringify(e.data));
                    }""", List.of(stream, size));
            assertEquals(List.of("1start{\"a\":1}", "2tokens{\"b\":\"ü\"}"), read, "in pieces of " + size);
        }
    }
}
