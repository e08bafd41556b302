package dev.parley.assist.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.kernels.DType;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Conversations written by hand from the specification (2025-06-18): what goes over the streams, byte for byte. */
@Timeout(120)
class ParleyMcpServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokenizer TOKENIZER = BpeTrainer.of(300).withSpecialTokens(ChatTemplate.START, ChatTemplate.END)
            .train(List.of("What did the river say to the old mill?").iterator()).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    private static final GenerationConfig GREEDY = GenerationConfig.DEFAULT.withMaxNewTokens(2000);
    private static final int CONTEXT = 2048;

    @TempDir
    private static Path folder;
    private static KnowledgeBase knowledge;
    private static CausalLM model;
    private static InferenceEngine engine;

    @BeforeAll
    static void open() throws IOException {
        var documents = Files.createDirectories(folder.resolve("faq"));
        Files.writeString(documents.resolve("returns.md"),
                "# Returns\n\nA kettle may be returned within 30 days.\n\n# Lamps\n\nLamps glow.\n");
        knowledge = KnowledgeBase.open(folder.resolve("index"), Embedder.NONE);
        knowledge.refresh(List.of(documents), IndexProgress.NONE);
        try (var random = TrainableLM.create(ModelConfig.gpt2(TOKENIZER.vocabSize(), CONTEXT, 64, 2, 2), 7)) {
            random.savePretrained(folder.resolve("model"));
        }
        model = CausalLM.fromPretrained(folder.resolve("model"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
        engine = new InferenceEngine(model, TOKENIZER, InferenceEngine.Limits.DEFAULT);
    }

    @AfterAll
    static void close() {
        engine.close();
        knowledge.close();
    }

    /** One client: what it writes, and what it reads, line by line. */
    private static final class Conversation implements AutoCloseable {

        private final PipedOutputStream to = new PipedOutputStream();
        private final BufferedReader from;
        private final Thread server;

        Conversation() throws IOException {
            var in = new PipedInputStream(to, 1 << 16);
            var out = new PipedOutputStream();
            from = new BufferedReader(new InputStreamReader(new PipedInputStream(out, 1 << 20), StandardCharsets.UTF_8));
            var asked = new AskedModel(engine, TOKENIZER, GREEDY, CONTEXT);
            var parley = new ParleyMcpServer(Optional.of(() -> knowledge), Optional.of(new ParleyMcpServer.Model("tiny", () -> asked)),
                    "1.2.3");
            server = Thread.ofPlatform().start(() -> {
                try (in; out) {
                    parley.serve(in, out);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }

        static Conversation begun() throws IOException {
            var conversation = new Conversation();
            conversation.ask("""
                    {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},\
                    "clientInfo":{"name":"hand","version":"1"}}}""");
            conversation.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            return conversation;
        }

        void say(String line) throws IOException {
            to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            to.flush();
        }

        JsonNode read() throws IOException {
            return JSON.readTree(from.readLine());
        }

        JsonNode ask(String line) throws IOException {
            say(line);
            return read();
        }

        JsonNode call(String tool, String arguments) throws IOException {
            var answer = ask(request(tool, arguments, "7", ""));
            assertEquals(7, answer.path("id").intValue(), answer.toString());
            return answer.path("result");
        }

        static String request(String tool, String arguments, String id, String meta) {
            return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":"
                    + arguments + meta + "}}";
        }

        List<JsonNode> rest() throws IOException {
            to.close();
            var rest = new ArrayList<JsonNode>();
            for (var line = from.readLine(); line != null; line = from.readLine()) rest.add(JSON.readTree(line));
            return rest;
        }

        @Override
        public void close() throws IOException {
            to.close();
            try {
                server.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aHandshakeAgreesOnTheVersionAndNamesTheServer() throws IOException {
        try (var client = new Conversation()) {
            var answer = client.ask("""
                    {"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},\
                    "clientInfo":{"name":"hand","version":"1"}}}""");
            assertEquals("2.0", answer.path("jsonrpc").asText());
            assertEquals("a", answer.path("id").asText());
            assertEquals("2025-06-18", answer.at("/result/protocolVersion").asText());
            assertEquals("parley", answer.at("/result/serverInfo/name").asText());
            assertEquals("1.2.3", answer.at("/result/serverInfo/version").asText());
            assertTrue(answer.at("/result/capabilities/tools").isObject(), answer.toString());
        }
    }

    @Test
    void toolsAreListedWithTheSchemasOfTheirArguments() throws IOException {
        try (var client = Conversation.begun()) {
            var tools = client.ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}").at("/result/tools");
            var names = new TreeSet<String>();
            for (var tool : tools) {
                names.add(tool.path("name").asText());
                assertEquals("object", tool.at("/inputSchema/type").asText());
            }
            assertEquals(Set.of("search_knowledge", "read_passage", "ask_model"), names);
        }
    }

    @Test
    void passagesAreFoundAndReadByTheirIds() throws IOException {
        try (var client = Conversation.begun()) {
            var found = client.call("search_knowledge", "{\"query\":\"return a kettle\",\"k\":1}").at("/content/0/text").asText();
            var passage = knowledge.search("return a kettle", 1).getFirst();
            assertTrue(found.startsWith("[" + passage.id() + "] faq/returns.md, Returns"), found);
            assertTrue(found.endsWith("A kettle may be returned within 30 days."), found);
            var read = client.call("read_passage", "{\"id\":\"" + passage.id() + "\",\"around\":1000}").at("/content/0/text").asText();
            assertTrue(read.contains("within 30 days") && read.contains("Lamps glow."), read);
        }
    }

    @Test
    void theModelAnswersAsTheGeneratorDoes() throws IOException {
        var ids = ChatTemplate.chatMl().encode(TOKENIZER, List.of(Message.user("What did the river say?")), true).ids();
        var expected = new Generator(model, TOKENIZER).generate(List.of(ids), GREEDY.withMaxNewTokens(12)).getFirst().text().strip();
        try (var client = Conversation.begun()) {
            var byPrompt = client.call("ask_model", "{\"prompt\":\"What did the river say?\",\"max_tokens\":12}");
            assertEquals(expected, byPrompt.at("/content/0/text").asText());
            assertFalse(byPrompt.path("isError").asBoolean());
            assertEquals(byPrompt, client.call("ask_model",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"What did the river say?\"}],\"max_tokens\":12}"));
        }
    }

    @Test
    void progressIsToldWhereItIsAskedFor() throws IOException {
        try (var client = Conversation.begun()) {
            client.say(Conversation.request("ask_model", "{\"prompt\":\"river\",\"max_tokens\":40}", "5",
                    ",\"_meta\":{\"progressToken\":\"p1\"}"));
            var last = 0.0;
            var message = client.read();
            for (; message.path("id").isMissingNode(); message = client.read()) {
                assertEquals("notifications/progress", message.path("method").asText());
                assertEquals("p1", message.at("/params/progressToken").asText());
                assertTrue(message.at("/params/progress").asDouble() > last, "progress only grows");
                last = message.at("/params/progress").asDouble();
            }
            assertEquals(5, message.path("id").intValue());
            assertEquals(40, last);
        }
    }

    @Test
    void aCallThatIsCalledOffHasNoAnswerAndOthersGoOnBesideIt() throws IOException {
        try (var client = Conversation.begun()) {
            var before = engine.stats().completionTokens();
            client.say(Conversation.request("ask_model", "{\"prompt\":\"river\",\"max_tokens\":1900}", "\"long\"",
                    ",\"_meta\":{\"progressToken\":1}"));
            assertEquals("notifications/progress", client.read().path("method").asText());
            client.say("""
                    {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"long","reason":"changed my mind"}}""");
            client.say(Conversation.request("search_knowledge", "{\"query\":\"lamps\"}", "8", ""));
            var message = client.read();
            while (!message.has("id")) message = client.read(); // progress that was on its way
            assertEquals(8, message.path("id").intValue(), "answered beside the other");
            assertTrue(client.rest().stream().noneMatch(later -> later.has("id")));
            assertTrue(engine.stats().completionTokens() - before < 1900, "the engine stopped");
        }
    }

    @Test
    void faultsOfAMessageAreAnsweredByTheirCodesAndTheConversationGoesOn() throws IOException {
        try (var client = new Conversation()) {
            var early = client.ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
            assertEquals(-32600, early.at("/error/code").intValue());
            assertEquals(1, early.path("id").intValue());
        }
        try (var client = Conversation.begun()) {
            var unreadable = client.ask("{\"jsonrpc\":\"2.0\",\"id\":2,");
            assertEquals(-32700, unreadable.at("/error/code").intValue());
            assertTrue(unreadable.has("id") && unreadable.path("id").isNull(), unreadable.toString());
            assertEquals(-32600, client.ask("{\"hello\":1}").at("/error/code").intValue());
            assertEquals(-32600, client.ask("[1]").at("/error/code").intValue());
            assertEquals(-32601, client.ask("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"no/such\"}").at("/error/code").intValue());
            assertEquals(-32602, client.ask(Conversation.request("no_tool", "{}", "4", "")).at("/error/code").intValue());
            assertEquals("{}", client.ask("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"ping\"}").path("result").toString());
        }
    }

    @Test
    void faultsOfArgumentsAreResultsThatAModelCanRead() throws IOException {
        try (var client = Conversation.begun()) {
            for (var call : List.of(List.of("search_knowledge", "{}"), List.of("search_knowledge", "{\"query\":\"a\",\"k\":0}"),
                    List.of("read_passage", "{\"id\":\"no-such-id\"}"), List.of("ask_model", "{}"),
                    List.of("ask_model", "{\"messages\":[{\"role\":\"robot\",\"content\":\"a\"}]}"))) {
                var result = client.call(call.getFirst(), call.getLast());
                assertTrue(result.path("isError").asBoolean(), call + ": " + result);
                assertFalse(result.at("/content/0/text").asText().isBlank());
            }
        }
    }
}
