package dev.parley.explain.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.explain.Analysis;
import dev.parley.explain.ExplainOptions;
import dev.parley.explain.ExplainedText;
import dev.parley.explain.Explanation;
import dev.parley.explain.page.ExplanationPage.Language;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.torch.TrainableLM;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it, and the JSON that scripts read. */
class ExplanationPageTest {

    private static final List<String> TOKENS = List.of("Why", " </script>", "\n", " two", " be", "cause");

    @TempDir
    Path folder;

    private JsonNode explanation() throws IOException {
        try (var model = TrainableLM.create(ModelConfig.qwen3(40, 32, 16, 2, 2, 1, 32), 1)) {
            model.savePretrained(folder);
        }
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var text = new ExplainedText(new int[] {3, 4, 5, 6, 7, 8}, 4, TOKENS);
            var json = ExplanationJson.of("a <b>model</b>", Explanation.of(model, Optional.empty(), text, ExplainOptions.DEFAULT));
            return new ObjectMapper().readTree(json.toString());
        }
    }

    @Test
    void theJsonHasARowForEachExplainedTokenAndAScoreForEachTokenBefore() throws IOException {
        var json = explanation();
        assertEquals("a <b>model</b>", json.path("model").asText());
        assertEquals(4, json.path("prompt_tokens").asInt());
        assertEquals(TOKENS, json.path("tokens").findValuesAsText("text"));
        assertEquals(5, json.path("explained").get(1).path("position").asInt());
        assertEquals(List.of("attention", "rollout", "gradient_x_input", "integrated_gradients", "occlusion"),
                json.path("attributions").findValuesAsText("method"));
        for (var attribution : json.path("attributions")) {
            assertEquals(2, attribution.path("scores").size());
            assertEquals(4, attribution.path("scores").get(0).size());
            assertEquals(5, attribution.path("scores").get(1).size());
            assertEquals(attribution.path("faithfulness").path("fractions").size(), attribution.path("faithfulness").path("random").size());
        }
        var attention = json.path("attention").get(1);
        assertEquals(2, attention.size(), "layers");
        assertEquals(2, attention.get(0).size(), "heads");
        assertEquals(5, attention.get(0).get(0).size(), "tokens");
        assertEquals(3, json.path("logit_lens").get(0).size(), "the embedding and two layers");
        assertEquals(2, json.path("logit_attribution").get(0).path("mlp").size());
    }

    @Test
    void thePageFetchesNothingAndHoldsTheDataAsTheyAre() throws IOException {
        var html = ExplanationPage.html(explanation(), Optional.empty());
        var elsewhere = Pattern.compile("(?:src|href|@import|url)\\s*[=(]").matcher(html);
        assertFalse(elsewhere.find(), "nothing is fetched");
        assertFalse(html.contains("{{"), "every place is filled");
        assertEquals(3, html.split("</script>", -1).length - 1, "data end no script");
    }

    @Test
    void aBrowserShowsTheScoresOfTheTokenThatIsChosen() throws Exception {
        var json = explanation();
        var english = shown(json, Language.EN, "");
        assertTrue(english.contains("Strongest sources of the whole answer"), english);
        assertTrue(english.contains("a &lt;b&gt;model&lt;/b&gt;") && english.contains(" &lt;/script&gt;"), "texts are texts");
        var chosen = shown(json, Language.EN, "document.querySelector('[data-key=t1]').click()");
        assertTrue(chosen.contains("Strongest sources of “cause”"), chosen);
        var scores = json.path("attributions").get(4).path("scores").get(1);
        var largest = 0.0;
        for (var score : scores) largest = Math.abs(score.asDouble()) > Math.abs(largest) ? score.asDouble() : largest;
        var written = String.format(Locale.ROOT, "%+.2f", largest).replace('-', '−');
        assertTrue(chosen.contains("<span class=\"bar-value\">" + written + "</span>"), written);
        var head = shown(json, Language.EN, "document.querySelector('[data-key=t1]').click();"
                + "document.querySelector('[data-key=attention]').click(); const s = document.querySelector('select[data-key=head]');"
                + "s.value = 1; s.dispatchEvent(new Event('change'));");
        assertTrue(head.contains("Head 2"), head);
        assertTrue(shown(json, Language.ZH, "").contains("最强的依据： 整个回答"));
    }

    @Test
    void aContrastIsAskedAsOne() throws Exception {
        explanation(); // makes the model
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var text = new ExplainedText(new int[] {3, 4, 5, 6, 7, 8}, 4, TOKENS);
            var options = ExplainOptions.DEFAULT.withAnalyses(Analysis.OCCLUSION).withContrast(9);
            var json = ExplanationJson.of("m", Explanation.of(model, Optional.empty(), text, options));
            assertEquals("logit_difference", json.path("explained").get(0).path("target").asText());
            assertTrue(shown(json, Language.EN, "").contains("Why <b> be</b> rather than <b>9</b>?"));
        }
    }

    /** The page after a script, as the browser has it. */
    private String shown(JsonNode json, Language language, String script) throws Exception {
        var html = ExplanationPage.html(json, Optional.of(language)).replace("</body>", "<script>" + script + "</script></body>");
        var file = Files.writeString(folder.resolve("page.html"), html);
        var out = folder.resolve("shown.html").toFile();
        var command = new ArrayList<>(List.of(chromium().toString(), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--user-data-dir=" + folder.resolve("browser"), "--dump-dom", file.toUri().toString()));
        var process = new ProcessBuilder(command).redirectOutput(out).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser ends");
        var dom = Files.readString(out.toPath());
        return dom.substring(dom.indexOf("<main"), dom.indexOf("</main>"))
                + dom.substring(dom.indexOf("<header"), dom.indexOf("</header>"));
    }

    private static Path chromium() {
        var found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst();
        if (found.isPresent()) return found.get();
        if ("true".equals(System.getenv("PARLEY_REQUIRE_BROWSER"))) Assertions.fail("There is no Chromium on this machine.");
        Assumptions.abort("Skipped: there is no Chromium on this machine.");
        throw new AssertionError();
    }
}
