package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.answering.LogprobsJson;
import dev.parley.serve.http.JsonBody;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionsTest {

    private static final String PATH = "/v1/completions";
    private static final TestServer server = TestServer.shared();

    private static JsonNode answer(String fields) throws Exception {
        var response = server.post(PATH, "{\"model\": \"tiny\", " + fields + "}");
        assertEquals(200, response.statusCode(), response.body());
        return JsonBody.JSON.readTree(response.body());
    }

    @Test
    void aLimitOfMinusOneIsNone() throws Exception {
        var answer = answer("\"prompt\": \"x\", \"max_tokens\": -1, \"ignore_eos\": true");
        assertEquals(TestServer.CONTEXT - 1, answer.at("/usage/completion_tokens").asInt(), "all that the context holds");
        var chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"ignore_eos\": true, ";
        for (var field : List.of("max_tokens", "max_completion_tokens")) {
            var whole = JsonBody.JSON.readTree(server.post("/v1/chat/completions", chat + "\"" + field + "\": -1}").body());
            assertEquals(TestServer.CONTEXT, whole.at("/usage/total_tokens").asInt(), whole.toString());
        }
        var response = JsonBody.JSON
                .readTree(server.post("/v1/responses", "{\"input\": \"x\", \"max_output_tokens\": -1, \"ignore_eos\": true}").body());
        assertEquals(TestServer.CONTEXT, response.at("/usage/total_tokens").asInt(), response.toString());
        for (var wrong : List.of("-2", "-1.5", "0.5", "\"-1\""))
            assertEquals(400, server.post(PATH, "{\"prompt\": \"x\", \"max_tokens\": " + wrong + "}").statusCode(), wrong);
        assertEquals(400, server.post("/v1/chat/completions", chat + "\"max_tokens\": 0}").statusCode());
    }

    private static List<String> texts(JsonNode answer) {
        return answer.path("choices").findValuesAsText("text");
    }

    @Test
    void beamsAreToldBestFirstAndAreThoseOfAStream() throws Exception {
        var fields = "\"prompt\": \"Once upon a time\", \"max_tokens\": 12, \"temperature\": 0, \"num_beams\": 4, \"n\": 3, "
                + "\"length_penalty\": 0.5";
        var whole = answer(fields);
        assertEquals(3, texts(whole).stream().distinct().count(), whole.toString());
        assertEquals(texts(whole), texts(streamed(fields)));
        assertEquals(texts(whole).getFirst(), texts(answer(fields.replace("\"n\": 3", "\"n\": 1"))).getFirst());
        assertEquals(400, server.post(PATH, "{" + fields.replace("\"n\": 3", "\"n\": 5") + "}").statusCode(), "more texts than beams");
        assertEquals(400, server.post(PATH, "{" + fields + ", \"logprobs\": 1}").statusCode(), "no probabilities of beams");
    }

    @Test
    void draftsChangeNothingAndContrastiveSearchDoes() throws Exception {
        var fields = "\"prompt\": \"one two three one two three one two\", \"max_tokens\": 30, \"ignore_eos\": true, \"temperature\": 0";
        var plain = texts(answer(fields));
        assertEquals(plain, texts(answer(fields + ", \"prompt_lookup_num_tokens\": 4")));
        assertFalse(plain.equals(texts(answer(fields + ", \"penalty_alpha\": 0.6, \"top_k\": 4"))),
                "a model of random weights repeats itself");
        assertEquals(400, server.post(PATH, "{" + fields + ", \"penalty_alpha\": 0.6, \"top_k\": 200}").statusCode());
    }

    /** The pieces of a stream put together again, as a client does, in the shape of a whole answer. */
    private static JsonNode streamed(String fields) throws Exception {
        var events = server
                .post(PATH, "{\"model\": \"tiny\", " + fields + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}}").body()
                .split("\n\n");
        assertEquals("data: [DONE]", events[events.length - 1]);
        var whole = (ObjectNode) JsonBody.JSON.readTree(events[0].substring(6));
        var choices = whole.putArray("choices");
        for (int i = 0; i < events.length - 1; i++) {
            var piece = JsonBody.JSON.readTree(events[i].substring(6));
            if (piece.path("choices").isEmpty()) whole.set("usage", piece.path("usage"));
            for (var choice : piece.path("choices")) add(choices, choice);
        }
        return whole;
    }

    private static void add(ArrayNode choices, JsonNode piece) {
        var index = piece.path("index").asInt();
        for (int i = choices.size(); i <= index; i++) choices.addObject().put("text", "").put("index", i).putNull("logprobs");
        var choice = (ObjectNode) choices.get(index);
        choice.put("text", choice.path("text").asText() + piece.path("text").asText());
        if (!piece.path("logprobs").isNull()) {
            if (choice.path("logprobs").isNull()) choice.set("logprobs", LogprobsJson.completion());
            piece.path("logprobs").properties()
                    .forEach(p -> ((ArrayNode) choice.path("logprobs").path(p.getKey())).addAll((ArrayNode) p.getValue()));
        }
        choice.set("finish_reason", piece.path("finish_reason"));
    }

    private static JsonNode bare(JsonNode answer) {
        var copy = answer.<ObjectNode>deepCopy();
        ((ObjectNode) copy.path("usage")).remove("prompt_tokens_details"); // the second time the prompt is known
        return copy.without(List.of("id", "created"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"prompt\": \"Once upon a time\", \"max_tokens\": 12, \"temperature\": 0",
        "\"prompt\": \"Once upon a time\", \"max_tokens\": 12, \"temperature\": 1, \"seed\": 4, \"n\": 2, \"echo\": true",
        "\"prompt\": [\"Once\", \"upon\", \"a time\"], \"max_tokens\": 6, \"temperature\": 1, \"seed\": 4, \"n\": 2, \"logprobs\": 2",
        "\"prompt\": [\"Once 中文🙂\", \"upon\"], \"max_tokens\": 6, \"temperature\": 1, \"seed\": 4, \"logprobs\": 3, \"echo\": true",
        "\"prompt\": [[7454, 2402], [257, 640]], \"max_tokens\": 1, \"temperature\": 0, \"logprobs\": 1, \"echo\": true",
        "\"prompt\": [\"Once\", \"upon\"], \"max_tokens\": 0, \"logprobs\": 1, \"echo\": true",
        "\"prompt\": \"Once\", \"max_tokens\": 0, \"echo\": true",
        "\"prompt\": \"Once\", \"max_tokens\": 30, \"temperature\": 1, \"seed\": 1, \"regex\": \"[a-z ]{30}\", \"stop\": [\"ab\", \"q\", "
                + "\"e \"]"})
    void aStreamedAnswerIsTheWholeOneInPieces(String fields) throws Exception {
        assertEquals(bare(answer(fields)), bare(streamed(fields)));
    }

    @Test
    void anAnswerHasTheShapeOfOpenAis() throws Exception {
        var answer = answer("\"prompt\": \"Once\"");
        assertTrue(answer.path("id").asText().startsWith("cmpl-"));
        assertEquals("text_completion", answer.path("object").asText());
        assertEquals(16, answer.path("usage").path("completion_tokens").asInt(), "as many as OpenAI's API makes where nothing is said");
        assertEquals("length", answer.path("choices").path(0).path("finish_reason").asText());
        assertTrue(answer.path("choices").path(0).path("logprobs").isNull());
    }

    @Test
    void aPromptIsTheSameAsTextAndAsIds() throws Exception {
        var text = answer("\"prompt\": \"Once upon a time\", \"temperature\": 0, \"echo\": true");
        var ids = answer("\"prompt\": [7454, 2402, 257, 640], \"temperature\": 0, \"echo\": true");
        assertEquals(text.path("choices"), ids.path("choices"));
        assertTrue(text.path("choices").path(0).path("text").asText().startsWith("Once upon a time"));
    }

    @Test
    void promptsOfOneRequestAreAnsweredAsEachAlone() throws Exception {
        var together = answer("\"prompt\": [\"Once\", \"upon a\", \"time there was\"], \"temperature\": 0, \"max_tokens\": 7")
                .path("choices");
        assertEquals(3, together.size());
        var prompts = List.of("Once", "upon a", "time there was");
        for (int i = 0; i < 3; i++) {
            assertEquals(i, together.path(i).path("index").asInt());
            assertEquals(answer("\"prompt\": \"" + prompts.get(i) + "\", \"temperature\": 0, \"max_tokens\": 7").path("choices").path(0)
                    .path("text"), together.path(i).path("text"));
        }
    }

    @Test
    void morePromptsThanTheEngineLetsWaitAreAnsweredAllTheSame() throws Exception {
        var prompts = JsonBody.JSON.createArrayNode();
        for (int i = 0; i < 200; i++) prompts.addArray().add(1000 + i);
        var answer = answer("\"prompt\": " + prompts + ", \"max_tokens\": 1, \"temperature\": 0");
        assertEquals(200, answer.path("choices").size());
        assertEquals(200, answer.path("usage").path("prompt_tokens").asInt());
    }

    @Test
    void offsetsAreWhereTokensBeginInTheText() throws Exception {
        var choice = answer(
                "\"prompt\": \"Grüße 中文 🙂, he said\", \"max_tokens\": 5, \"temperature\": 1, \"seed\": 3, \"echo\": true, \"logprobs\": 0")
                .path("choices").path(0);
        var text = choice.path("text").asText();
        var logprobs = choice.path("logprobs");
        assertEquals(logprobs.path("tokens").size(), logprobs.path("text_offset").size());
        for (int i = 0; i < logprobs.path("tokens").size(); i++) {
            var token = logprobs.path("tokens").path(i).asText();
            if (!token.startsWith("bytes:"))
                assertTrue(text.startsWith(token, logprobs.path("text_offset").path(i).asInt()), i + " " + token);
        }
        assertTrue(logprobs.path("tokens").toString().contains("bytes:"), "a part of a character is named by its bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "prompt | {}",
        "prompt | {\"prompt\": []}",
        "prompt | {\"prompt\": \"\"}",
        "prompt | {\"prompt\": 5}",
        "prompt | {\"prompt\": [\"a\", {}]}",
        "prompt | {\"prompt\": [99999999]}",
        "prompt | {\"prompt\": [-1]}",
        "prompt | {\"prompt\": [1, \"a\"]}",
        "prompt | {\"prompt\": [[1], [1.5]]}",
        "logprobs | {\"prompt\": \"a\", \"logprobs\": 21}",
        "logprobs | {\"prompt\": \"a\", \"logprobs\": true}",
        "best_of | {\"prompt\": \"a\", \"best_of\": 3}",
        "suffix | {\"prompt\": \"a\", \"suffix\": \"b\"}",
        "max_tokens | {\"prompt\": \"a\", \"max_tokens\": -2}",
        "echo | {\"prompt\": \"a\", \"echo\": 1}"})
    void aFieldThatCannotBeHonouredIsNamed(String param, String body) throws Exception {
        var response = server.post(PATH, body);
        assertEquals(400, response.statusCode(), response.body());
        assertEquals(param, JsonBody.JSON.readTree(response.body()).path("error").path("param").asText(), response.body());
    }

    @Test
    void aPromptBeyondTheContextIsRefusedNamingBothNumbers() throws Exception {
        var response = server.post(PATH, "{\"prompt\": \"" + "word ".repeat(1024) + "\"}");
        assertEquals(400, response.statusCode());
        var error = JsonBody.JSON.readTree(response.body()).path("error");
        assertEquals("context_length_exceeded", error.path("code").asText());
        var tokens = Tokenizer.load(TestServer.modelFolder("tiny", 7)).encode("word ".repeat(1024)).length;
        assertTrue(error.path("message").asText().contains("1024") && error.path("message").asText().contains("" + tokens),
                error.path("message").asText());
        assertFalse(error.path("message").asText().isBlank());
    }
}
