package dev.parley.serve.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/chat} and {@code /api/generate}, by plain HTTP. */
@Timeout(300)
class OllamaChatTest {

    private static final TestServer server = TestServer.shared();
    private static final String ASKED = "\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Tell me a story.\"}]";
    private static final String FEW = ", \"options\": {\"num_predict\": 8}";

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static JsonNode ok(String path, String body) {
        var answer = server.post(path, "{" + body + "}");
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer.body());
    }

    private static String refused(int status, String path, String body) {
        var answer = server.post(path, "{" + body + "}");
        assertEquals(status, answer.statusCode(), answer.body());
        var error = json(answer.body());
        assertEquals(1, error.size(), answer.body());
        assertTrue(error.path("error").isTextual(), answer.body());
        return error.path("error").asText();
    }

    private static List<JsonNode> lines(String path, String body) {
        var answer = server.post(path, "{" + body + "}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("application/x-ndjson", answer.headers().firstValue("Content-Type").orElse(""));
        return answer.body().lines().map(OllamaChatTest::json).toList();
    }

    private static String text(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("message").path("content").asText()).collect(Collectors.joining());
    }

    // ---- the same text by every API ----

    @Test
    void theSameTextComesByEveryApi() {
        var openai = ok("/v1/chat/completions", ASKED + ", \"max_tokens\": 8, \"temperature\": 0");
        var expected = openai.path("choices").path(0).path("message").path("content").asText();
        assertFalse(expected.isEmpty());
        var response = ok("/v1/responses",
                "\"model\": \"tiny\", \"input\": \"Tell me a story.\", \"max_output_tokens\": 8, \"temperature\": 0");
        assertEquals(expected, response.path("output").path(0).path("content").path(0).path("text").asText());
        var options = ", \"options\": {\"num_predict\": 8, \"temperature\": 0}";
        var chat = ok("/api/chat", ASKED + options + ", \"stream\": false");
        assertEquals(expected, chat.path("message").path("content").asText());
        assertEquals(expected, text(lines("/api/chat", ASKED + options)));
        var generated = ok("/api/generate", "\"model\": \"tiny\", \"prompt\": \"Tell me a story.\", \"stream\": false" + options);
        assertEquals(expected, generated.path("response").asText());
        assertEquals(openai.path("usage").path("prompt_tokens").asInt(), chat.path("prompt_eval_count").asInt());
        assertEquals(openai.path("usage").path("completion_tokens").asInt(), generated.path("eval_count").asInt());
    }

    @Test
    void sampledTextIsTheSameByTheSameSeedAndNames() {
        var openai = ok("/v1/chat/completions", ASKED + ", \"max_tokens\": 12, \"temperature\": 1.1, \"top_k\": 50, \"top_p\": 0.9, "
                + "\"min_p\": 0.001, \"repetition_penalty\": 1.2, \"presence_penalty\": 0.3, \"frequency_penalty\": 0.2, \"seed\": 9");
        var chat = ok("/api/chat", ASKED + ", \"stream\": false, \"options\": {\"num_predict\": 12, \"temperature\": 1.1, \"top_k\": 50, "
                + "\"top_p\": 0.9, \"min_p\": 0.001, \"repeat_penalty\": 1.2, \"repeat_last_n\": -1, \"presence_penalty\": 0.3, "
                + "\"frequency_penalty\": 0.2, \"seed\": 9}");
        assertEquals(openai.path("choices").path(0).path("message").path("content").asText(),
                chat.path("message").path("content").asText());
    }

    /** Of a greedy answer, as long as no token of the window is likely to come again without the penalty. */
    @Test
    void thePenaltyOfRepetitionLooksAsFarBackAsIsSaid() {
        var strong = ", \"stream\": false, \"options\": {\"num_predict\": 40, \"repeat_penalty\": 100";
        var plain = repeated(strong.replace("100", "1") + "}");
        assertTrue(plain < 40, "without the penalty tokens repeat");
        assertEquals(40, repeated(strong + ", \"repeat_last_n\": -1}"));
        assertEquals(40, repeated(strong + "}"), "64 tokens are more than the answer has");
        assertEquals(plain, repeated(strong + ", \"repeat_last_n\": 0}"));
        var near = repeated(strong + ", \"repeat_last_n\": 2}");
        assertTrue(near > 2 && near < 40, near + " tokens");
    }

    /** How many different tokens the answer has. */
    private static int repeated(String settings) {
        var generated = ok("/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\"" + settings);
        var context = generated.path("context");
        var ids = new HashSet<Integer>();
        for (int i = generated.path("prompt_eval_count").asInt(); i < context.size(); i++) ids.add(context.path(i).asInt());
        return ids.size();
    }

    @Test
    void aRawPromptIsContinuedAsCompletionsContinueIt() {
        var completion = ok("/v1/completions", "\"model\": \"tiny\", \"prompt\": \"Once upon\", \"max_tokens\": 8, \"temperature\": 0");
        var raw = ok("/api/generate", "\"model\": \"tiny\", \"prompt\": \"Once upon\", \"raw\": true, \"stream\": false" + FEW);
        assertEquals(completion.path("choices").path(0).path("text").asText(), raw.path("response").asText());
        assertFalse(raw.has("context"));
    }

    // ---- lines ----

    @Test
    void aStreamEndsWithWhatItTook() {
        var lines = lines("/api/chat", ASKED + FEW);
        assertTrue(lines.size() > 2);
        for (var line : lines) {
            assertEquals("tiny", line.path("model").asText());
            assertEquals("assistant", line.path("message").path("role").asText());
            Instant.parse(line.path("created_at").asText());
            assertTrue(line.path("done").isBoolean());
            assertEquals(line == lines.getLast(), line.path("done").asBoolean());
        }
        var last = lines.getLast();
        assertEquals("length", last.path("done_reason").asText());
        assertEquals(8, last.path("eval_count").asInt());
        assertTrue(last.path("prompt_eval_count").asInt() > 3);
        var parts = last.path("load_duration").asLong() + last.path("prompt_eval_duration").asLong() + last.path("eval_duration").asLong();
        assertTrue(parts > 0 && parts <= last.path("total_duration").asLong(), last.toString());
    }

    @Test
    void theModelIsFoundByItsTagItsAliasAndAnyCase() {
        for (var name : List.of("tiny:latest", "small", "TINY", "hf.co/tiny:latest"))
            assertEquals(name,
                    ok("/api/chat", ASKED.replace("\"tiny\"", '"' + name + '"') + FEW + ", \"stream\": false").path("model").asText());
        assertTrue(refused(404, "/api/chat", "\"model\": \"gpt-9\", \"messages\": []").contains("model 'gpt-9' not found"));
        assertEquals("model is required", refused(400, "/api/chat", "\"messages\": []"));
    }

    @Test
    void aStopEndsTheAnswerAndIsLeftOut() {
        var whole = ok("/api/chat", ASKED + FEW + ", \"stream\": false").path("message").path("content").asText();
        var stop = whole.substring(whole.length() / 2, whole.length() / 2 + 2);
        var cut = ok("/api/chat", ASKED + ", \"stream\": false, \"options\": {\"num_predict\": 8, \"stop\": [" + TextNode.valueOf(stop)
                + "]}");
        assertEquals(whole.substring(0, whole.indexOf(stop)), cut.path("message").path("content").asText());
        assertEquals("stop", cut.path("done_reason").asText());
    }

    // ---- what the answer must be ----

    @Test
    void anAnswerIsOfItsSchema() {
        var format = ", \"stream\": false, \"format\": {\"type\": \"object\", \"properties\": {\"age\": {\"type\": \"integer\", \"maximum\": 99, "
                + "\"minimum\": 1}, \"kind\": {\"enum\": [\"cat\", \"dog\"]}}, \"required\": [\"age\", \"kind\"], \"additionalProperties\": false}";
        var answer = json(
                ok("/api/chat", ASKED + format + ", \"options\": {\"temperature\": 1, \"seed\": 2}").path("message").path("content")
                        .asText());
        assertTrue(answer.path("age").asInt() >= 1 && List.of("cat", "dog").contains(answer.path("kind").asText()), answer.toString());
        assertTrue(json(ok("/api/generate",
                "\"model\": \"tiny\", \"prompt\": \"x\", \"stream\": false, \"format\": \"json\", \"regex\": null, "
                        + "\"options\": {\"num_predict\": 200, \"temperature\": 1, \"seed\": 8}")
                .path("response").asText("{}")).isObject());
        refused(400, "/api/chat", ASKED + ", \"format\": \"xml\"");
        refused(400, "/api/chat", ASKED + ", \"format\": {\"type\": \"nothing\"}");
    }

    @Test
    void aCallHasItsArgumentsAsAnObjectAndItsResultGoesBack() {
        var tools = ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"d\", \"parameters\": "
                + "{\"type\": \"object\", \"properties\": {\"city\": {\"enum\": [\"Oslo\"]}}, \"required\": [\"city\"]}}}]";
        var called = ", \"choice\": [\"<tool_call>\\n{\\\"name\\\": \\\"weather\\\", \\\"arguments\\\": {\\\"city\\\": \\\"Oslo\\\"}}\\n</tool_call>\"]";
        for (var lines : List.of(lines("/api/chat", ASKED + tools + called), List.of(ok("/api/chat", ASKED + tools + called
                + ", \"stream\": false")))) {
            var calls = lines.stream().map(line -> line.path("message").path("tool_calls")).filter(list -> !list.isMissingNode()).toList();
            assertEquals(1, calls.size(), lines.toString());
            var function = calls.getFirst().path(0).path("function");
            assertEquals("weather", function.path("name").asText());
            assertEquals("{\"city\":\"Oslo\"}", function.path("arguments").toString());
            assertFalse(text(lines).contains("tool_call"));
            assertEquals("stop", lines.getLast().path("done_reason").asText());
        }
        var before = ok("/api/chat", ASKED + tools + FEW + ", \"stream\": false").path("prompt_eval_count").asInt();
        var history = ASKED.replace("}]", "}, {\"role\": \"assistant\", \"content\": \"\", \"tool_calls\": [{\"function\": {\"name\": "
                + "\"weather\", \"arguments\": {\"city\": \"Oslo\"}}}]}, {\"role\": \"tool\", \"tool_name\": \"weather\", \"content\": \"Rain\"}]");
        assertTrue(ok("/api/chat", history + tools + FEW + ", \"stream\": false").path("prompt_eval_count").asInt() > before + 10);
    }

    @Test
    void probabilitiesAreToldAsTheyAreElsewhere() {
        var openai = ok("/v1/chat/completions", ASKED + ", \"max_tokens\": 3, \"temperature\": 0, \"logprobs\": true, \"top_logprobs\": 2");
        var chat = ok("/api/chat",
                ASKED + ", \"stream\": false, \"logprobs\": true, \"top_logprobs\": 2, \"options\": {\"num_predict\": 3}");
        assertEquals(openai.path("choices").path(0).path("logprobs").path("content"), chat.path("logprobs"));
        var streamed = lines("/api/chat", ASKED + ", \"logprobs\": true, \"top_logprobs\": 2, \"options\": {\"num_predict\": 3}").stream()
                .mapToInt(line -> line.path("logprobs").size()).sum();
        assertEquals(3, streamed);
    }

    // ---- the context ----

    @Test
    void aGenerationGoesOnFromTheContextOfAnother() {
        var first = ok("/api/generate", "\"model\": \"tiny\", \"prompt\": \"Hi\", \"stream\": false" + FEW);
        var context = first.path("context");
        assertEquals(first.path("prompt_eval_count").asInt() + 8, context.size());
        var second = ok("/api/generate", "\"model\": \"tiny\", \"prompt\": \"And?\", \"stream\": false, \"context\": " + context + FEW);
        assertTrue(second.path("prompt_eval_count").asInt() > context.size());
        assertEquals(context.toString().replace("]", ""), second.path("context").toString().substring(0, context.toString().length() - 1));
        refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\", \"context\": [99999999]");
        refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\", \"raw\": true, \"context\": " + context);
    }

    @Test
    void theOldestTurnsAreLeftOutOfATooLongConversation() {
        var turn = "{\"role\": \"user\", \"content\": \"" + "word ".repeat(300) + "\"}, {\"role\": \"assistant\", \"content\": \"Yes.\"}, ";
        var messages = "\"model\": \"tiny\", \"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, " + turn.repeat(6)
                + "{\"role\": \"user\", \"content\": \"Now?\"}]";
        var answer = ok("/api/chat", messages + FEW + ", \"stream\": false");
        assertTrue(answer.path("prompt_eval_count").asInt() < TestServer.CONTEXT - 8);
        assertTrue(answer.path("prompt_eval_count").asInt() > 300, "as many turns as fit");
        assertTrue(refused(400, "/api/chat", messages + ", \"truncate\": false").contains("1024"));
        var smaller = ok("/api/chat", messages + ", \"stream\": false, \"options\": {\"num_predict\": 8, \"num_ctx\": 100}");
        assertTrue(smaller.path("prompt_eval_count").asInt() < 100);
        assertTrue(refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"" + "word ".repeat(300)
                + "\", \"options\": {\"num_ctx\": 100}").contains("num_ctx"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 3", "500, 64"})
    void anAnswerIsAsLongAsIsSaidWithinItsContext(int predict, int expected) {
        var asked = ok("/api/generate",
                "\"model\": \"tiny\", \"prompt\": \"x\", \"raw\": true, \"stream\": false, \"options\": {\"num_predict\": "
                        + predict + ", \"num_ctx\": 65}");
        assertEquals(expected, asked.path("eval_count").asInt());
        assertEquals("length", asked.path("done_reason").asText());
    }

    // ---- memory ----

    @Test
    void anEmptyRequestLoadsAndUnloadsTheModel() throws Exception {
        assertEquals("load", ok("/api/generate", "\"model\": \"tiny-2\"").path("done_reason").asText());
        assertTrue(json(server.get("/api/ps").body()).path("models").findValuesAsText("name").contains("tiny-2:latest"));
        assertEquals("unload", ok("/api/chat", "\"model\": \"tiny-2\", \"messages\": [], \"keep_alive\": 0").path("done_reason").asText());
        awaitGone("tiny-2:latest");
        assertEquals("load", ok("/api/chat", "\"model\": \"tiny-2\", \"keep_alive\": \"1h30m\"").path("done_reason").asText());
        var leaves = Instant.parse(json(server.get("/api/ps").body()).path("models").findParents("name").stream()
                .filter(model -> model.path("name").asText().equals("tiny-2:latest")).findFirst().orElseThrow().path("expires_at")
                .asText());
        assertTrue(leaves.isAfter(Instant.now().plusSeconds(5_000)) && leaves.isBefore(Instant.now().plusSeconds(5_401)));
        assertEquals(8, ok("/api/chat", ASKED.replace("tiny", "tiny-2") + FEW + ", \"stream\": false, \"keep_alive\": \"10ms\"")
                .path("eval_count").asInt());
        awaitGone("tiny-2:latest");
        refused(400, "/api/generate", "\"model\": \"tiny\", \"keep_alive\": \"soon\"");
    }

    private static void awaitGone(String name) throws InterruptedException {
        while (json(server.get("/api/ps").body()).path("models").findValuesAsText("name").contains(name)) Thread.sleep(20);
    }

    // ---- refusals ----

    @Test
    void whatCannotBeDoneIsRefusedByName() {
        assertTrue(refused(400, "/api/chat", "\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"x\", \"images\": "
                + "[\"aGk=\"]}]").contains("images"));
        assertTrue(refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\", \"images\": [\"aGk=\"]").contains("images"));
        assertTrue(refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\", \"suffix\": \"y\"").contains("insert"));
        assertTrue(refused(400, "/api/generate", "\"model\": \"tiny\", \"prompt\": \"x\", \"template\": \"{{ .Prompt }}\"")
                .contains("template"));
        assertEquals("\"tiny\" does not support thinking", refused(400, "/api/chat", ASKED + ", \"think\": true"));
        refused(400, "/api/chat", ASKED + ", \"think\": \"much\"");
        assertEquals(200, server.post("/api/chat", "{" + ASKED + FEW + ", \"think\": false}").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\": \"hot\"", "\"top_k\": 1.5", "\"stop\": 7", "\"num_predict\": []", "\"seed\": \"x\"",
        "\"num_ctx\": true", "\"repeat_penalty\": {}"})
    void anOptionOfAWrongTypeIsRefusedByItsName(String option) {
        assertTrue(refused(400, "/api/chat", ASKED + ", \"options\": {" + option + "}").contains("options." + option.split("\"")[1]));
    }

    @Test
    void anUnknownOptionIsLeftOutAndToldOf() {
        var answer = server.post("/api/chat", "{" + ASKED + ", \"options\": {\"num_predict\": 2, \"mirostat\": 2, \"num_gpu\": 1}}");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("X-Parley-Warning").orElse("").contains("options.mirostat"));
        assertFalse(answer.headers().firstValue("X-Parley-Warning").orElse("").contains("num_gpu"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy", "create", "push", "blobs/sha256:0"})
    void filesOfModelsAreTheOperators(String route) {
        assertTrue(refused(400, "/api/" + route, "\"model\": \"tiny\"").contains("/api/" + route + " is not supported"));
    }
}
