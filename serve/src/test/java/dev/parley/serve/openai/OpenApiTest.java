package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatClient;
import dev.parley.serve.http.JsonBody;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /openapi.json} against the server that it describes. */
@Timeout(120)
class OpenApiTest {

    private static final String WITHOUT_EFFECT = "x-without-effect";
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaIdResolvers(ids -> ids.mapPrefix("https://spec.openapis.org/", "classpath:spec.openapis.org/")));
    private static final TestServer server = TestServer.shared();
    private static ChatClient client;
    private static JsonNode document;

    @BeforeAll
    static void start() throws Exception {
        client = ChatClient.of(server.base());
        document = JsonBody.JSON.readTree(server.get("/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    // ---- the document ----

    @Test
    void itIsValid() {
        for (var schema : List.of("https://spec.openapis.org/oas/3.1/schema/2022-10-07",
                "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07")) {
            assertEquals(List.of(), SCHEMAS.getSchema(SchemaLocation.of(schema)).validate(document), schema);
        }
        var meta = SCHEMAS.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        document.path("components").path("schemas").properties()
                .forEach(schema -> assertEquals(List.of(), meta.validate(schema.getValue()), schema.getKey()));
    }

    @Test
    void whatItRefersToIsThere() {
        for (var reference : document.findValues("$ref")) resolved(reference.textValue());
        var ids = document.path("paths").findValuesAsText("operationId");
        assertEquals(ids.size(), Set.copyOf(ids).size(), "two operations have the same id");
    }

    private static JsonNode resolved(String reference) {
        assertTrue(reference.startsWith("#/"), reference);
        var found = document.at(reference.substring(1));
        assertTrue(!found.isMissingNode(), reference);
        return found;
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? resolved(node.path("$ref").textValue()) : node;
    }

    // ---- the routes ----

    @Test
    void itDescribesAllThatIsServedAndNothingElse() {
        var described = new TreeSet<String>();
        for (var path : document.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                if (!method.getKey().equals("parameters")) described.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        var served = new TreeSet<String>();
        for (var route : server.routes()) {
            var path = route.substring(route.indexOf(' ') + 1);
            var isPage = path.equals("/") || path.equals("/favicon.ico") || path.startsWith("/assets/");
            if (!isPage) served.add(route.replace('<', '{').replace('>', '}'));
        }
        assertEquals(served, described);
    }

    // ---- the fields ----

    private record Operation(String method, String path, JsonNode schema) {}

    private static List<Operation> withBody() {
        var operations = new ArrayList<Operation>();
        for (var path : document.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                if (!method.getValue().has("requestBody")) continue;
                var body = resolved(method.getValue().path("requestBody"));
                operations.add(new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(),
                        resolved(body.path("content").path("application/json").path("schema"))));
            }
        }
        return operations;
    }

    private static Map<String, JsonNode> fields(JsonNode schema) {
        var fields = new LinkedHashMap<String, JsonNode>();
        for (var part : schema.path("allOf")) fields.putAll(fields(resolved(part)));
        schema.path("properties").properties().forEach(p -> fields.put(p.getKey(), p.getValue()));
        return fields;
    }

    /** A request that is answered, but for what is changed of it. */
    private static ObjectNode request(Operation operation) throws Exception {
        return (ObjectNode) JsonBody.JSON.readTree(switch (operation.path()) {
            case "/v1/chat/completions" -> "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 1}";
            case "/v1/completions" -> "{\"prompt\": \"x\", \"max_tokens\": 1}";
            case "/v1/responses" -> "{\"input\": \"x\", \"max_output_tokens\": 1}";
            case "/v1/messages" -> "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 1}";
            case "/v1/messages/count_tokens" -> "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";
            case "/api/chat" -> "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}";
            case "/api/generate", "/api/embeddings" -> "{\"model\": \"tiny\", \"prompt\": \"x\"}";
            case "/api/embed", "/api/show", "/api/pull" -> "{\"model\": \"tiny\"}";
            case "/v1/embeddings", "/v1/moderations" -> "{\"input\": \"x\"}";
            case "/v1/rerank", "/v2/rerank", "/rerank" -> "{\"query\": \"x\", \"documents\": [\"y\"]}";
            case "/tokenize" -> "{\"content\": \"x\"}";
            case "/detokenize" -> "{\"tokens\": [1]}";
            case "/api/presets" -> "{\"name\": \"x\"}";
            case "/api/conversations/{id}/messages" -> "{\"text\": \"x\"}";
            case "/api/conversations/{id}/comparisons" -> "{\"left\": \"x\", \"right\": \"y\", \"choice\": \"tie\"}";
            case "/api/messages/{id}/rating" -> "{\"rating\": 1}";
            case "/api/answers/{id}/calls/{call}" -> "{\"decision\": \"deny\"}";
            default -> "{}";
        });
    }

    /** Fields of /tokenize that are read where there are messages. */
    private static final Set<String> OF_CHATS = Set.of("messages", "tools", "tool_choice", "parallel_tool_calls", "add_generation_prompt");

    private static JsonNode wrong(JsonNode schema) {
        var type = resolved(schema).path("type");
        if (type.isArray() && type.toString().contains("number")) return JsonBody.JSON.getNodeFactory().booleanNode(true);
        var takesNumber = type.asText().equals("number") || type.asText().equals("integer");
        return takesNumber || type.asText().equals("boolean") ? JsonBody.JSON.getNodeFactory().textNode("x")
                : JsonBody.JSON.getNodeFactory().numberNode(7);
    }

    @Test
    void aDescribedFieldWithAWrongTypeIsRefusedByItsName() throws Exception {
        var conversation = client.ask("x").conversation();
        var tried = 0;
        for (var operation : withBody()) {
            if (operation.path().equals("/api/login") || operation.path().equals("/api/password") || operation.path().equals("/api/import"))
                continue;
            for (var field : fields(operation.schema()).entrySet()) {
                if (field.getValue().has(WITHOUT_EFFECT)) continue;
                var request = request(operation).<ObjectNode>set(field.getKey(), wrong(field.getValue()));
                if (operation.path().equals("/tokenize") && OF_CHATS.contains(field.getKey())) {
                    request.remove("content");
                    if (!request.has("messages")) request.putArray("messages").addObject().put("role", "user").put("content", "x");
                }
                var answer = client.send(operation.method(), operation.path().replace("{id}", conversation).replace("{call}", "1"),
                        request.toString());
                var where = operation.path() + " with " + request + " answered " + answer.body();
                assertEquals(400, answer.statusCode(), where);
                assertEquals(field.getKey(), param(ChatClient.json(answer).path("error")), where);
                tried++;
            }
        }
        assertTrue(tried > 100, tried + " fields");
    }

    /** The field that an error names; Anthropic's and Ollama's errors have it in their sentence, at its beginning. */
    private static String param(JsonNode error) {
        return error.path("param").asText((error.isTextual() ? error : error.path("message")).asText().split("[ .]")[0]);
    }

    @Test
    void aFieldWithoutEffectIsTakenWithoutAWarning() throws Exception {
        for (var operation : withBody()) {
            var without = fields(operation.schema()).entrySet().stream().filter(f -> f.getValue().has(WITHOUT_EFFECT))
                    .map(Map.Entry::getKey).toList();
            if (without.isEmpty()) continue;
            var request = request(operation);
            without.forEach(name -> request.put(name, "x"));
            var answer = client.send(operation.method(), operation.path(), request.toString());
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("", answer.headers().firstValue("X-Parley-Warning").orElse(""));
        }
    }

    /** Found in the compiled code, so that no field is forgotten here. */
    @Test
    void everyFieldThatTheCodeAsksForIsDescribed() {
        var described = new TreeSet<String>();
        collectNames(document.path("components").path("schemas"), described);
        var asked = AskedFields.in(AskedFields.classes());
        assertTrue(asked.size() > 60, asked.toString());
        asked.removeAll(described);
        assertEquals(Set.of(), asked);
    }

    private static void collectNames(JsonNode node, Set<String> names) {
        node.path("properties").fieldNames().forEachRemaining(names::add);
        for (var part : node) collectNames(part, names);
    }

    // ---- the answers ----

    private static final String PARAMETERS = "\"parameters\": {\"type\": \"object\", \"properties\": {\"a\": {\"enum\": [1, 2]}}, "
            + "\"required\": [\"a\"], \"additionalProperties\": false}";

    private static void fits(String schema, JsonNode answer) {
        var within = document.<ObjectNode>deepCopy().put("$ref", "#/components/schemas/" + schema);
        assertEquals(List.of(), SCHEMAS.getSchema(within).validate(answer), answer.toString());
    }

    private static JsonNode ok(String path, String body) {
        return body.isEmpty() ? client.ok("GET", path, "") : client.ok("POST", path, body);
    }

    @Test
    void answersAreAsItSays() throws Exception {
        fits("ChatCompletion", ok("/v1/chat/completions",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 2, \"logprobs\": true, \"top_logprobs\": 1}"));
        fits("ChatCompletion", ok("/v1/chat/completions",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tool_choice\": \"required\", \"tools\": [{\"type\": "
                        + "\"function\", \"function\": {\"name\": \"f\", "
                        + PARAMETERS + "}}]}"));
        fits("Completion", ok("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 2, \"logprobs\": 1, \"echo\": true}"));
        fits("Response",
                ok("/v1/responses", "{\"input\": \"x\", \"max_output_tokens\": 2, \"include\": [\"message.output_text.logprobs\"]}"));
        fits("Response",
                ok("/v1/responses",
                        "{\"input\": \"x\", \"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", \"name\": \"f\", "
                                + PARAMETERS + "}]}"));
        fits("AnthropicMessage", ok("/v1/messages", "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 2}"));
        fits("AnthropicMessage", ok("/v1/messages", "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 90, "
                + "\"tool_choice\": {\"type\": \"any\"}, \"tools\": [{\"name\": \"f\", "
                + PARAMETERS.replace("parameters", "input_schema") + "}]}"));
        fits("AnthropicError", JsonBody.JSON.readTree(server.post("/v1/messages", "{}").body()));
        var chat = "\"model\": \"tiny\", \"stream\": false, \"options\": {\"num_predict\": 2}, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]";
        fits("OllamaChat", ok("/api/chat", "{" + chat + ", \"logprobs\": true}"));
        fits("OllamaGeneration",
                ok("/api/generate", "{\"model\": \"tiny\", \"stream\": false, \"options\": {\"num_predict\": 2}, \"prompt\": \"x\"}"));
        fits("OllamaEmbeddings", ok("/api/embed", "{\"model\": \"tiny\", \"input\": [\"x\", \"y\"]}"));
        fits("OllamaEmbedding", ok("/api/embeddings", "{\"model\": \"tiny\", \"prompt\": \"x\"}"));
        fits("OllamaModels", ok("/api/tags", ""));
        fits("OllamaRunning", ok("/api/ps", ""));
        fits("OllamaShown", ok("/api/show", "{\"model\": \"tiny\"}"));
        fits("OllamaProgress", ok("/api/pull", "{\"model\": \"tiny\", \"stream\": false}"));
        fits("OllamaVersion", ok("/api/version", ""));
        fits("OllamaError", JsonBody.JSON.readTree(server.post("/api/chat", "{}").body()));
        fits("Model", ok("/v1/models/tiny", ""));
        fits("Embeddings", ok("/v1/embeddings", "{\"input\": [\"x\", \"y\"]}"));
        fits("Ranking", ok("/v1/rerank", "{\"query\": \"x\", \"documents\": [\"x\", {\"text\": \"y\"}], \"return_documents\": true}"));
        fits("Ranking", ok("/rerank", "{\"query\": \"x\", \"texts\": [\"x\", \"y\"], \"return_text\": true}"));
        fits("Moderation", ok("/v1/moderations", "{\"input\": \"x\"}"));
        fits("Tokens", ok("/tokenize", "{\"content\": \"x\", \"return_token_strs\": true}"));
        fits("Props", ok("/props", ""));
        fits("Status", ok("/health", ""));
        fits("Error", JsonBody.JSON.readTree(server.post("/v1/embeddings", "{}").body()));
        fits("Error", JsonBody.JSON.readTree(server.get("/nothing").body()));
    }

    @Test
    void answersOfTheChatAreAsItSays() {
        fits("Session", ok("/api/session", ""));
        fits("ChatModel", ok("/api/models", "").path("models").path(0));
        fits("Preset", ok("/api/presets", "{\"name\": \"x\", \"settings\": {\"temperature\": 1}}"));
        var asked = client.ask("x");
        var answer = client.answer(asked, "{\"max_tokens\": 2}");
        while (client.ok("GET", "/api/conversations/" + asked.conversation(), "").path("messages").path(1).path("status").asText()
                .equals("running"))
            Thread.onSpinWait();
        var conversation = ok("/api/conversations/" + asked.conversation(), "");
        fits("Conversation", conversation);
        conversation.path("messages").forEach(message -> fits("ChatMessage", message));
        fits("AnswerToken", ok("/api/messages/" + answer + "/tokens", "").path("tokens").path(0));
        var attachment = client.upload("/api/conversations/" + asked.conversation() + "/attachments?name=a.txt", new byte[] {65});
        fits("Attachment", attachment);
        fits("Export", ok("/api/export", ""));
    }
}
