package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes that make no text: models, embeddings, moderations, tokens, props. */
@Timeout(60)
class SmallRoutesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokenizer GPT2 = Tokenizer.fromPretrained("gpt2");
    private static final TestServer server = TestServer.shared();

    private static JsonNode ok(String path, String body) throws IOException {
        var answer = body.isEmpty() ? server.get(path) : server.post(path, body);
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private static JsonNode refused(int status, String param, String path, String body) throws IOException {
        var answer = body.isEmpty() ? server.get(path) : server.post(path, body);
        assertEquals(status, answer.statusCode(), answer.body());
        var error = JSON.readTree(answer.body()).path("error");
        assertEquals(param, error.path("param").asText(), answer.body());
        return error;
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    private static double[] doubles(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToDouble(JsonNode::doubleValue).toArray();
    }

    // ---- models ----

    @Test
    void modelsAreListedWithTheirContextAndOtherNames() throws IOException {
        var list = ok("/v1/models", "");
        assertEquals("list", list.path("object").asText());
        assertEquals(2, list.path("data").size());
        var tiny = list.path("data").get(0);
        assertEquals("tiny", tiny.path("id").asText());
        assertEquals("model", tiny.path("object").asText());
        assertEquals(TestServer.CONTEXT, tiny.path("context_length").asInt());
        assertEquals("small", tiny.path("aliases").path(0).asText());
    }

    @Test
    void aModelIsFoundByNameAndAlias() throws IOException {
        assertEquals("tiny", ok("/v1/models/small", "").path("id").asText());
        var error = refused(404, "null", "/v1/models/some/other", "");
        assertEquals("model_not_found", error.path("code").asText());
        assertTrue(error.path("message").asText().contains("tiny-2"), error.toString());
    }

    // ---- embeddings ----

    @Test
    void anEmbeddingIsAVectorOfLengthOneWhichTheTextAloneDetermines() throws IOException {
        var both = ok("/v1/embeddings", "{\"model\": \"tiny\", \"input\": [\"The sea\", \"A mountain\"]}");
        assertEquals(4, both.path("usage").path("total_tokens").asInt());
        var sea = doubles(both.path("data").get(0).path("embedding"));
        var mountain = doubles(both.path("data").get(1).path("embedding"));
        assertEquals(64, sea.length);
        assertEquals(1, dot(sea, sea), 1e-6);
        assertTrue(dot(sea, mountain) < 0.999, "two texts have the same vector");
        assertArrayEquals(sea, doubles(ok("/v1/embeddings", "{\"input\": \"The sea\"}").path("data").get(0).path("embedding")));
    }

    private static double dot(double[] a, double[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    @Test
    void textsIdsAndBase64SayTheSame() throws IOException {
        var expected = doubles(ok("/v1/embeddings", "{\"input\": \"The sea\"}").path("data").get(0).path("embedding"));
        var ids = JSON.writeValueAsString(GPT2.encode("The sea"));
        assertArrayEquals(expected, doubles(ok("/v1/embeddings", "{\"input\": " + ids + "}").path("data").get(0).path("embedding")));
        assertArrayEquals(expected,
                doubles(ok("/v1/embeddings", "{\"input\": [" + ids + "], \"dimensions\": 64}").path("data").get(0).path("embedding")));
        var packed = ok("/v1/embeddings", "{\"input\": \"The sea\", \"encoding_format\": \"base64\"}").path("data").get(0).path("embedding")
                .textValue();
        FloatBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(packed)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        assertEquals(expected.length, floats.remaining());
        for (var value : expected) assertEquals((float) value, floats.get());
    }

    @Test
    void whatCannotBeEmbeddedIsRefusedWithTheFieldsName() throws IOException {
        refused(400, "input", "/v1/embeddings", "{}");
        refused(400, "input", "/v1/embeddings", "{\"input\": \"\"}");
        refused(400, "input", "/v1/embeddings", "{\"input\": []}");
        refused(400, "input", "/v1/embeddings", "{\"input\": [\"a\", 3]}");
        refused(400, "input", "/v1/embeddings", "{\"input\": [3, -1]}");
        refused(400, "input", "/v1/embeddings", "{\"input\": [[50259]]}");
        refused(400, "encoding_format", "/v1/embeddings", "{\"input\": \"x\", \"encoding_format\": \"hex\"}");
        refused(400, "dimensions", "/v1/embeddings", "{\"input\": \"x\", \"dimensions\": 32}");
        refused(404, "null", "/v1/embeddings", "{\"input\": \"x\", \"model\": \"gpt-4\"}");
        var tooLong = refused(400, "input", "/v1/embeddings", "{\"input\": [\"fine\", \"" + "sea ".repeat(2_000) + "\"]}").path("message")
                .asText();
        assertTrue(tooLong.contains("input[1]") && tooLong.contains("1024") && tooLong.contains("2001"), tooLong);
    }

    // ---- moderations ----

    @Test
    void aModerationHasAllCategoriesOfOpenAis() throws IOException {
        var answer = ok("/v1/moderations", "{\"input\": [\"I will kill you\", \"Good morning\"], \"model\": \"omni-moderation-latest\"}");
        var threat = answer.path("results").get(0);
        assertTrue(threat.path("flagged").booleanValue());
        assertTrue(threat.path("categories").path("harassment/threatening").booleanValue());
        assertEquals(13, threat.path("category_scores").size());
        assertFalse(answer.path("results").get(1).path("flagged").booleanValue());
    }

    @Test
    void partsAreOneTextAndPicturesAreRefused() throws IOException {
        var answer = ok("/v1/moderations",
                "{\"input\": [{\"type\": \"text\", \"text\": \"Hello\"}, {\"type\": \"text\", \"text\": \"I will kill you\"}]}");
        assertEquals(1, answer.path("results").size());
        assertTrue(answer.path("results").get(0).path("flagged").booleanValue());
        refused(400, "input", "/v1/moderations",
                "{\"input\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"https://example.org/x.png\"}}]}");
        refused(400, "input", "/v1/moderations", "{\"input\": 3}");
    }

    // ---- tokens ----

    @Test
    void textsBecomeTokensAndBack() throws IOException {
        var text = "Hello, 世界! \uD83D\uDE00";
        for (var field : new String[] {"content", "prompt", "text"}) {
            var answer = ok("/tokenize", JSON.createObjectNode().put("model", "tiny").put(field, text).toString());
            assertArrayEquals(GPT2.encode(text), ints(answer.path("tokens")));
            assertEquals(answer.path("tokens").size(), answer.path("count").asInt());
            assertEquals(TestServer.CONTEXT, answer.path("max_model_len").asInt());
            assertEquals(text, text(answer));
        }
    }

    @Test
    void messagesBecomeTokensByTheTemplate() throws IOException {
        var messages = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";
        var answer = ok("/tokenize", "{" + messages + ", \"return_token_strs\": true}");
        assertEquals("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", text(answer));
        assertEquals(TestServer.START_OF_TURN, answer.path("tokens").get(0).intValue());
        assertEquals(answer.path("count").asInt(), answer.path("token_strs").size());
        var without = ok("/tokenize", "{" + messages + ", \"add_generation_prompt\": false}");
        assertEquals("<|im_start|>user\nHi<|im_end|>\n", text(without));
    }

    private static String text(JsonNode tokenized) throws IOException {
        return ok("/detokenize", JSON.createObjectNode().<ObjectNode>set("tokens", tokenized.path("tokens")).toString()).path("content")
                .textValue();
    }

    @Test
    void whatIsNoTokenIsRefused() throws IOException {
        refused(400, "tokens", "/detokenize", "{\"tokens\": [1, 50259]}");
        refused(400, "tokens", "/detokenize", "{\"tokens\": [1.5]}");
        refused(400, "tokens", "/detokenize", "{}");
        refused(400, "content", "/tokenize", "{}");
        refused(400, "prompt", "/tokenize", "{\"prompt\": 3}");
    }

    // ---- props ----

    @Test
    void propsTellTheDefaultsThatHold() throws IOException {
        ok("/tokenize", "{\"text\": \"loads the model\"}");
        var props = ok("/props", "");
        assertEquals("tiny", props.path("default_model").asText());
        var tiny = props.path("models").get(0);
        assertEquals("ready", tiny.path("state").asText());
        assertEquals(0, tiny.path("defaults").path("temperature").doubleValue());
        assertTrue(tiny.path("defaults").path("max_tokens").isNull());
        assertTrue(tiny.path("chat_template").textValue().contains("<|im_start|>"));
        assertEquals(16, props.path("limits").path("running").asInt());
    }

    @Test
    void unknownFieldsAreNamedInAWarning() {
        var answer = server.post("/v1/embeddings", "{\"input\": \"x\", \"colour\": 1}");
        assertEquals("ignored unknown fields: colour", answer.headers().firstValue("X-Parley-Warning").orElse(""));
    }
}
