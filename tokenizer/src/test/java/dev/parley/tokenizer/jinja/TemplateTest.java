package dev.parley.tokenizer.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Published templates, rendered and refused by Python's jinja2 as transformers sets it up. */
    @Test
    void publishedTemplatesRenderAsInPython() throws IOException {
        var folder = golden();
        var faults = new ArrayList<String>();
        for (var line : Files.readAllLines(folder.resolve("expected.jsonl"))) {
            var test = JSON.readTree(line);
            var name = test.path("template").asText();
            var template = Template.parse(Files.readString(folder.resolve(name)), name);
            compare(name + ", " + test.path("case").asText(), template, map(test), test, faults);
        }
        assertEquals(List.of(), faults);
    }

    /** The language, case by case; what is expected was written by jinja2 3.1 with trim_blocks, lstrip_blocks and loop controls. */
    @Test
    void theLanguageMeansWhatItMeansInPython() throws IOException {
        try (var in = TemplateTest.class.getResourceAsStream("cases.jsonl")) {
            var lines = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines().toList();
            var context = map(JSON.readTree(lines.getFirst()).path("context"));
            var faults = new ArrayList<String>();
            for (var line : lines.subList(1, lines.size())) {
                var test = JSON.readTree(line);
                try {
                    compare(test.path("template").asText(), Template.parse(test.path("template").asText(), "case"), context, test, faults);
                } catch (TemplateException e) {
                    faults.add(test.path("template").asText() + ": " + e.getMessage());
                }
            }
            assertEquals(List.of(), faults);
        }
    }

    private static void compare(String name, Template template, Map<String, ?> values, JsonNode test, List<String> faults) {
        try {
            var text = template.render(values).text();
            if (test.has("error")) faults.add(name + ": refused by Python, here " + text);
            else if (!text.equals(test.path("expected").asText())) faults.add(name + ":\n  expected " + JSON.valueToTree(test.path("expected").asText()) + "\n  but was  " + JSON.valueToTree(text));
        } catch (TemplateException e) {
            if (!test.has("error")) faults.add(name + ": " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> map(JsonNode json) {
        return JSON.convertValue(json, Map.class);
    }

    private static Path golden() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var folder = at.resolve("shared").resolve("golden").resolve("chat_templates");
            if (Files.exists(folder)) return folder;
        }
        Assumptions.abort("No golden data: shared/golden/chat_templates does not lie beside the checkout.");
        throw new AssertionError();
    }

    @Test
    void generationBlocksTellWhatTheAssistantSays() {
        var rendered = Template.parse("{% for m in ms %}{{ m }}:{% generation %}{{ m | upper }}{% endgeneration %} {% endfor %}", "t")
                .render(Map.of("ms", List.of("a", "bc")));
        assertEquals("a:A bc:BC ", rendered.text());
        assertEquals(List.of("A", "BC"), rendered.generated().stream().map(s -> rendered.text().substring(s.start(), s.end())).toList());
    }

    @Test
    void theTimeIsTheClocks() {
        var clock = Clock.fixed(Instant.parse("2024-07-26T08:05:09Z"), ZoneOffset.UTC);
        assertEquals("26 Jul 2024, 2024-07-26 08:05:09, Friday July 26, 8:5",
                Template.parse("{{ strftime_now('%d %b %Y, %Y-%m-%d %H:%M:%S, %A %B %-d, %-H:%-M') }}", "t").render(Map.of(), clock).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ x | nosuch }}", "{{ x is nosuch }}", "{% nosuch %}", "{% if x %}", "{{ x", "{% for x in %}{% endfor %}", "{{ 'open }}",
        "{% endif %}", "{{ 1 + }}", "{% break %}", "{% include 'x' %}", "{# open", "{{ x[ }}", "{% set 1 = x %}"})
    void whatCannotBeReadIsAnErrorThatNamesTheLine(String source) {
        var fault = assertThrows(TemplateException.class, () -> Template.parse("first\n" + source, "chat_template.jinja"));
        assertTrue(fault.getMessage().startsWith("chat_template.jinja, line 2: "), fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.class }}", "{{ ''.getClass() }}", "{{ x.__class__ }}", "{{ x.getClass().forName('java.lang.Runtime') }}", "{{ messages.stream() }}"})
    void noJavaMethodIsReachable(String source) {
        var values = Map.of("x", Map.of("a", 1), "messages", List.of());
        try {
            assertEquals("", Template.parse(source, "t").render(values).text());
        } catch (TemplateException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{{ 'a' * 9999999999 }}", "{{ range(10 ** 12) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set x = namespace(s='aaaaaaaaaa') %}{% for i in range(99) %}{% set x.s = x.s ~ x.s %}{% endfor %}",
        "{{ [0] * 99999999 * 9999 }}", "{{ 'a'.center(10 ** 15) }}", "{{ 9 ** 9 ** 9 }}", "{{ 'x' | indent(10 ** 9) }}{{ ('x\n' * 9999999) | indent(999) }}",
        "{% for i in range(90000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 1000 }}{% endfor %}"})
    void whatAsksForTooMuchIsStopped(String source) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThrows(TemplateException.class, () -> Template.parse(source, "t").render(Map.of())));
    }

    @Test
    void deepNestingIsAnErrorAndNoOverflow() {
        for (var source : List.of("{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}", "{% if x %}".repeat(20_000), "{{ " + "-".repeat(50_000) + "1 }}",
                "{{ " + "not ".repeat(50_000) + "1 }}", "{{ " + "[".repeat(50_000) + " }}", "{{ x" + " + x".repeat(50_000) + " }}", "{{ x" + ".a".repeat(50_000) + " }}")) {
            assertThrows(TemplateException.class, () -> Template.parse(source, "t").render(Map.of()));
        }
    }

    @Test
    void damagedTemplatesEndInErrorsOfOurs() throws IOException {
        var random = new SplittableRandom(7);
        var sources = new ArrayList<String>();
        try (var files = Files.list(golden())) {
            for (var file : files.filter(f -> f.toString().endsWith(".jinja")).sorted().toList()) sources.add(Files.readString(file));
        }
        var values = Map.of("messages", List.of(Map.of("role", "user", "content", "Hi"), Map.of("role", "assistant", "content", "Ho")),
                "add_generation_prompt", true, "bos_token", "<s>", "eos_token", "</s>");
        for (int i = 0; i < 6_000; i++) {
            var source = new StringBuilder(sources.get(i % sources.size()));
            for (int n = 0; n <= random.nextInt(6); n++) {
                var at = random.nextInt(source.length());
                switch (random.nextInt(3)) {
                    case 0 -> source.deleteCharAt(at);
                    case 1 -> source.insert(at, "{}%-|.()[]'\"=+~ \n019aif".charAt(random.nextInt(23)));
                    default -> source.delete(at, Math.min(source.length(), at + random.nextInt(30)));
                }
            }
            try {
                Template.parse(source.toString(), "t").render(values);
            } catch (TemplateException e) {
                assertTrue(e.getMessage().startsWith("t"), e.getMessage());
            }
        }
    }
}
