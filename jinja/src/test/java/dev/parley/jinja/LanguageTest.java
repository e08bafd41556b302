package dev.parley.jinja;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The language as Python's jinja2 runs it: cases.jsonl, made by expect.py of the cases of our own in cases.txt. */
class LanguageTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 6, 9, 5, 3);

    @Test
    void everyCaseGivesWhatJinjaGives() throws IOException {
        var cases = cases().stream().filter(c -> c.has("expected")).toList();
        assertTrue(cases.size() > 100, "cases are missing");
        assertAll(cases.stream()
                .<Executable>map(c -> () -> assertEquals(c.path("expected").asText(), render(c), c.path("template").asText())));
    }

    @Test
    void whatJinjaRefusesToRunIsRefusedWithTheLine() throws IOException {
        assertAll(cases().stream().filter(c -> c.has("error")).<Executable>map(c -> () -> {
            var template = Template.parse(c.path("template").asText(), "case.jinja");
            var fault = assertThrows(TemplateException.class, () -> template.render(inputs(c), () -> NOW), c.path("template").asText());
            assertTrue(fault.getMessage().startsWith("case.jinja, line 1"), fault.getMessage());
        }));
    }

    @Test
    void whatJinjaCannotReadIsAnErrorAtLoadWithTheLine() throws IOException {
        assertAll(cases().stream().filter(c -> c.has("unreadable")).<Executable>map(c -> () -> {
            var fault = assertThrows(TemplateException.class, () -> Template.parse("\n\n" + c.path("template").asText(), "case.jinja"),
                    c.path("template").asText());
            assertTrue(fault.getMessage().startsWith("case.jinja, line 3: "), fault.getMessage());
        }));
    }

    private static String render(JsonNode c) {
        return Template.parse(c.path("template").asText(), "case.jinja").render(inputs(c), () -> NOW).text();
    }

    private static Inputs inputs(JsonNode c) {
        var inputs = new Inputs();
        c.path("variables").properties().forEach(v -> inputs.given(v.getKey(), v.getValue()));
        return inputs;
    }

    /** The cases, each with the variables of the line that last gave some. */
    private static List<JsonNode> cases() throws IOException {
        var cases = new ArrayList<JsonNode>();
        JsonNode variables = MissingNode.getInstance();
        try (var in = LanguageTest.class.getResourceAsStream("cases.jsonl")) {
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                var json = new ObjectMapper().readTree(line);
                if (json.has("variables")) variables = json.path("variables");
                else cases.add(((ObjectNode) json).set("variables", variables));
            }
        }
        return cases;
    }
}
