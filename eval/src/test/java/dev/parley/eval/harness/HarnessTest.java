package dev.parley.eval.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tiny tasks, held against lm-evaluation-harness itself: {@code requests.json} are the requests that it made of the same files, and
 * {@code expected-MODEL.json} its figures of the responses of {@link NaiveResponder}; see {@code reference.py} beside them.
 */
class HarnessTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NAMES = List.of("tiny_arc", "tiny_stories", "tiny_goals", "tiny_yesno", "tiny_same", "tiny_blanks",
            "tiny_last_words", "tiny_pages", "tiny_chapters", "tiny_sums", "tiny_facts", "tiny_moods", "tiny_exam", "tiny_pairs",
            "tiny_several", "tiny_information", "tiny_animals", "tiny_begun", "tiny_usual");

    @TempDir
    Path temporary;

    private static TaskIndex.Suite suite() {
        return TaskIndex.of(List.of(TinyModels.resource("tasks"))).select(NAMES);
    }

    @Test
    void requestsAreThoseThatTheToolItselfMakes() throws IOException {
        assertRequests("requests.json", PromptSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsInAChatAreThoseThatTheToolItselfMakes(boolean multiTurn) throws IOException {
        var template = ChatTemplate.parse("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
                + "{% if add_generation_prompt %}<assistant>{% endif %}", "test");
        assertRequests(multiTurn ? "requests-chat-turns.json" : "requests-chat-one.json", new PromptSettings(OptionalInt.empty(),
                PromptSettings.SEED, Optional.of(template), Map.of(), multiTurn, Optional.of("be brief.")));
    }

    private static void assertRequests(String file, PromptSettings settings) throws IOException {
        var expected = new LinkedHashMap<String, List<JsonNode>>();
        for (var request : JSON.readTree(TinyModels.resource(file).toFile())) {
            var arguments = expected.computeIfAbsent(request.path("task").asText() + " " + request.path("doc"), k -> new ArrayList<>());
            if (!request.path("kind").asText().equals("generate_until") || arguments.isEmpty()) arguments.add(request.path("args"));
        }
        var asked = 0;
        for (var config : suite().tasks()) {
            var task = new HarnessTask(config, new Datasets(Map.of()), settings, MissingNode.getInstance());
            for (var sample : task.samples(0)) {
                var name = sample.task() + " " + sample.number();
                assertEquals(expected.get(name), sample.requests().stream().map(HarnessTest::arguments).toList(), name);
                asked++;
            }
        }
        assertEquals(expected.size(), asked);
    }

    private static JsonNode arguments(Request request) {
        var arguments = JsonNodeFactory.instance.arrayNode();
        return switch (request) {
            case Request.Likelihood r -> arguments.add(r.context()).add(r.continuation());
            case Request.Rolling r -> arguments.add(r.text());
            case Request.Generate r -> arguments.add(r.context()).add(r.settings());
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama", "qwen"})
    void figuresAndErrorsAreThoseThatTheToolItselfMakes(String name) throws IOException {
        var folder = TinyModels.folder(name, temporary);
        var tokenizer = Tokenizer.load(folder);
        var expected = JSON.readTree(TinyModels.resource("expected-" + name + ".json").toFile());
        try (var model = TinyModels.load(folder);
                var responder = new ModelResponder(model, tokenizer, JsonNodeFactory.instance.objectNode().put("model", name))) {
            var result = Evaluation.of(suite(), Evaluation.Options.DEFAULT).run(responder, (done, all) -> {});
            var seen = 0;
            for (var task : result.tasks()) seen += assertFigures(expected.path(task.name()), task.name(), task.figures());
            for (var group : result.groups())
                seen += assertFigures(expected.path(group.group().name()), group.group().name(), group.figures());
            assertTrue(seen > 40, seen + " figures");
        }
    }

    /** To four digits: the naive responses were in float32 as ours are, in another order. */
    private static int assertFigures(JsonNode expected, String name, List<Figure> figures) {
        for (var figure : figures) {
            var what = name + " " + figure.key();
            close(expected.path(figure.key()).asDouble(Double.NaN), figure.value(), what);
            var error = expected.path(figure.metric() + "_stderr," + figure.filter());
            assertEquals(error.isNumber(), figure.stderr().isPresent(), what);
            if (error.isNumber()) close(error.asDouble(), figure.stderr().getAsDouble(), what + " stderr");
        }
        var written = new ArrayList<String>();
        expected.fieldNames().forEachRemaining(written::add);
        assertEquals(written.stream().filter(k -> k.contains(",") && !k.contains("_stderr,")).sorted().toList(),
                figures.stream().map(Figure::key).sorted().toList(), name);
        return figures.size();
    }

    private static void close(double expected, double actual, String what) {
        assertEquals(expected, actual, 5e-5 * Math.max(1, Math.abs(expected)), what);
    }

    /** Writes what the reference needs: -Dharness.record=FOLDER. */
    @Test
    @EnabledIfSystemProperty(named = "harness.record", matches = ".+")
    void recordResponses() throws IOException {
        for (var name : TinyModels.GOLDEN.keySet()) {
            var folder = TinyModels.folder(name, temporary);
            var lines = JSON.createArrayNode();
            try (var model = TinyModels.load(folder)) {
                var naive = new NaiveResponder(model, Tokenizer.load(folder));
                for (var config : suite().tasks()) {
                    var task = new HarnessTask(config, new Datasets(Map.of()), PromptSettings.DEFAULT, MissingNode.getInstance());
                    var requests = task.samples(0).stream().flatMap(s -> s.requests().stream()).toList();
                    naive.respond(requests, (i, response) -> {
                        var kind = requests.get(i) instanceof Request.Likelihood ? "loglikelihood"
                                : requests.get(i) instanceof Request.Rolling ? "loglikelihood_rolling" : "generate_until";
                        var line = lines.addObject().put("kind", kind);
                        line.set("args", arguments(requests.get(i)));
                        line.set("response", kind.equals("generate_until") ? response.get(0) : response);
                    });
                }
            }
            Files.writeString(Path.of(System.getProperty("harness.record")).resolve("responses-" + name + ".json"),
                    JSON.writeValueAsString(lines));
        }
    }
}
