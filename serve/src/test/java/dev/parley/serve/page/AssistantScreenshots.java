package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Takes the pictures of the assistants. Passages, sources and guardrails are theirs; what a model would say is read from
 * {@code shown-answers.json} in place of what the quickstart's model says, which has not learned to read passages.
 *
 * <pre>{@code
 * ./parley serve my-model --assistant customer-service --assistant education --assistant medicine --assistant entertainment \
 *         --assistant automation --port 8080 --data pictures
 * mvn -pl serve test -Dtest=AssistantScreenshots -Dparley.screenshots=http://localhost:8080
 * }</pre>
 *
 * The model needs a context of some thousand tokens; the quickstart's gets one where {@code max_position_embeddings} in its
 * {@code config.json} is set to 16384.
 */
class AssistantScreenshots extends PictureTest {

    /** Asks an assistant, puts the text in place of its answer, and opens what has become of it. */
    private static final String SHOW = """
            async ([assistant, question, answer]) => {
                const api = await import(document.querySelector('script[type=module]').src.replace('app.js', 'api.js'));
                const asked = await api.post('/conversations', { model: assistant });
                const message = await api.post(`/conversations/${asked.id}/messages`, { parent: null, text: question });
                const begun = await api.post(`/conversations/${asked.id}/answers`, { parent: message.id, settings: {} });
                await (await fetch(`/api/answers/${begun.id}/events`)).text();
                const document_ = await api.get(`/conversations/${asked.id}/export`);
                const said = document_.conversations[0].messages[1];
                said.text = answer;
                said.finish_reason = 'stop';
                delete said.usage;
                said.turn.cited = true;
                said.turn.sources = [...new Set([...answer.matchAll(/\\[(\\d)\\]/g)].map(m => Number(m[1])))].sort();
                const shown = (await api.post('/import', document_)).conversations[0].id;
                await api.remove(`/conversations/${asked.id}`);
                location.hash = `#/c/${shown}`;
                location.reload();
            }""";

    /** The pictures of one language are not to show those of the other. */
    private static final String CLEAR = """
            async () => {
                const api = await import(document.querySelector('script[type=module]').src.replace('app.js', 'api.js'));
                for (const one of (await api.get('/conversations?limit=100')).conversations) await api.remove(`/conversations/${one.id}`);
            }""";

    private static List<JsonNode> answers(String language) throws IOException {
        try (var in = AssistantScreenshots.class.getResourceAsStream("shown-answers.json")) {
            return PageTest.JSON.readTree(in).valueStream().filter(a -> a.path("language").asText().equals(language)).toList();
        }
    }

    private void takeAll(String language, String suffix, String emergency) throws IOException {
        page.evaluate(CLEAR);
        for (var answer : answers(language).reversed()) {
            page.evaluate(SHOW, List.of(answer.path("assistant").asText(), answer.path("question").asText(),
                    answer.path("answer").asText()));
            assertThat(page.locator(".turn.assistant .sources")).isVisible();
            page.evaluate("() => document.activeElement.blur()");
            take("assistant-" + answer.path("assistant").asText() + suffix);
        }
        page.locator(".turn.assistant .cite").first().click();
        assertThat(page.locator("dialog mark")).isVisible();
        take("assistant-source" + suffix);
        page.evaluate("async () => { const api = await import(document.querySelector('script[type=module]').src.replace('app.js', "
                + "'api.js')); location.hash = '#/c/' + (await api.post('/conversations', { model: 'medicine' })).id; "
                + "location.reload(); }");
        assertThat(page.locator(".welcome")).isVisible();
        page.locator(".composer-field").fill(emergency);
        page.locator(".send").click();
        assertThat(page.locator(".turn.last.assistant .ending")).isVisible(); // a fixed text: no model has been asked
        assertThat(page.locator(".turn.last.assistant .icon-copy")).isVisible();
        page.evaluate("() => document.activeElement.blur()");
        take("assistant-emergency" + suffix);
    }

    @Test
    void theFiveInEnglish() throws IOException {
        open(desktop().setViewportSize(1040, 720));
        takeAll("en", "", "My father has chest pain and his left arm hurts");
    }

    @Test
    void theFiveInChinese() throws IOException {
        open(desktop().setViewportSize(1040, 720).setLocale("zh-CN"));
        takeAll("zh", "-chinese", "我爸爸突然胸口疼，左手臂也疼");
    }
}
