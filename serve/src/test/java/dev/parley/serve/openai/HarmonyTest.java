package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.Script;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatClient;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small GPT-OSS of random weights, which biases make say what models of the family say. */
class HarmonyTest {

    private static final String CONFIG = """
            {"model_type": "gpt_oss", "vocab_size": %d, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2, "max_position_embeddings": 1024, "eos_token_id": %d,
             "sliding_window": 32, "tie_word_embeddings": false}""";
    private static final String SUM = "What is 2 + 2?", OSLO = "Is it wet in Oslo!";
    private static final String TOOLS = """
            [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]""";
    private static final Map<String, String> ANSWERS = Map.of(
            SUM, "<|channel|>analysis<|message|>Two and two.<|end|><|start|>assistant<|channel|>final<|message|>Four.",
            OSLO, "<|channel|>analysis<|message|>I ask.<|end|><|start|>assistant<|channel|>commentary<|message|>One moment.<|end|>"
                    + "<|start|>assistant<|channel|>commentary to=functions.weather <|constrain|>json<|message|>"
                    + "{\"city\": \"Oslo\"}<|call|>");
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        var special = Stream.concat(Stream.of("<|return|>", "<|call|>"), new HarmonyFormat().marks().stream()).toArray(String[]::new);
        var text = "assistant assistant analysis final commentary to=functions.weather json {\"city\": \"Oslo\"} user system developer";
        BpeTrainer.of(420).withSpecialTokens(special).train(Collections.nCopies(20, text).iterator()).save(folder);
        Files.writeString(folder.resolve("chat_template.jinja"), CallingTemplates.HARMONY);
        var tokenizer = Tokenizer.load(folder);
        var end = tokenizer.idOf("<|return|>").orElseThrow();
        var config = Files.writeString(folder.resolve("config.json"), String.format(Locale.ROOT, CONFIG, tokenizer.vocabSize(), end));
        try (var model = TrainableLM.create(ModelConfig.read(config), 5)) {
            model.savePretrained(folder);
        }
        var source = new ModelSource("oss", List.of(), 10L << 20, 1024,
                () -> new ModelSource.Parts(CausalLM.fromPretrained(folder, WeightType.INT8, DType.BFLOAT16, Backend.JAVA), tokenizer,
                        GenerationConfig.builder().eosTokenIds(List.of(end)).sequenceBias(scripts(tokenizer, end)).build()));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(16, 64, 256L << 20, 64));
    }

    private static Map<List<Integer>, Double> scripts(Tokenizer tokenizer, int end) {
        var scripts = new HashMap<List<Integer>, Double>();
        ANSWERS.forEach((question, answer) -> {
            var conversation = ChatTemplateInput.of(List.of(Message.user(question))).withGenerationPrompt(true);
            var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer, conversation);
            scripts.putAll(Script.answer(prompt, tokenizer, answer, end));
        });
        return scripts;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode json(String body) throws IOException {
        return new ObjectMapper().readTree(body);
    }

    private static String request(String question, boolean stream, String more) {
        return "{\"model\": \"oss\", \"messages\": [{\"role\": \"user\", \"content\": \"" + question + "\"}], \"max_tokens\": 100, "
                + "\"temperature\": 0, \"stream\": " + stream + more + "}";
    }

    private static JsonNode asked(String question, String more) throws Exception {
        var answer = server.post("/v1/chat/completions", request(question, false, more));
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer.body());
    }

    @Test
    void analysisIsThoughtAndFinalIsTheAnswer() throws Exception {
        var answer = asked(SUM, "");
        var message = answer.path("choices").path(0).path("message");
        assertEquals("Two and two.", message.path("reasoning_content").asText(), answer.toString());
        assertEquals("Four.", message.path("content").asText());
        assertEquals("stop", answer.path("choices").path(0).path("finish_reason").asText());
        var usage = answer.path("usage");
        var thought = usage.path("completion_tokens_details").path("reasoning_tokens").asInt();
        assertTrue(thought > 3 && thought < usage.path("completion_tokens").asInt() - 3, usage.toString());
    }

    @Test
    void aStreamTellsNoPartOfAHeader() throws Exception {
        var body = server.post("/v1/chat/completions", request(SUM, true, "")).body();
        for (var mark : List.of("channel", "analysis", "final", "<|")) assertFalse(body.contains(mark), body);
        StringBuilder thoughts = new StringBuilder(), text = new StringBuilder();
        for (var event : body.split("\n\n")) {
            if (event.equals("data: [DONE]")) continue;
            var delta = json(event.substring("data: ".length())).path("choices").path(0).path("delta");
            thoughts.append(delta.path("reasoning_content").asText(""));
            text.append(delta.path("content").asText(""));
        }
        assertEquals("Two and two.", thoughts.toString());
        assertEquals("Four.", text.toString());
    }

    @Test
    void aMessageToAFunctionIsACallAndWhatIsSaidBeforeItIsText() throws Exception {
        var choice = asked(OSLO, ", \"tools\": " + TOOLS).path("choices").path(0);
        assertEquals("tool_calls", choice.path("finish_reason").asText(), choice.toString());
        assertEquals("I ask.", choice.path("message").path("reasoning_content").asText());
        assertEquals("One moment.", choice.path("message").path("content").asText());
        var call = choice.path("message").path("tool_calls").path(0).path("function");
        assertEquals("weather", call.path("name").asText());
        assertEquals(json("{\"city\": \"Oslo\"}"), json(call.path("arguments").asText()));
    }

    @Test
    void aForcedCallAndStructuredOutputKeepTheirHeaders() throws Exception {
        var forced = asked(SUM, ", \"tool_choice\": \"required\", \"tools\": " + TOOLS.replace("\"string\"", "\"boolean\"")).path("choices")
                .path(0);
        assertEquals("weather", forced.path("message").path("tool_calls").path(0).path("function").path("name").asText(),
                forced.toString());
        assertEquals("Two and two.", forced.path("message").path("reasoning_content").asText(), "thoughts stay free");
        var schema = "{\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": {\"type\": \"boolean\"}}}";
        var structured = asked(SUM, ", \"response_format\": " + schema).path("choices").path(0).path("message");
        assertTrue(List.of("true", "false").contains(structured.path("content").asText()), structured.toString());
    }

    @Test
    void aResultGoesBackWithTheThoughtsBeforeItsCall() throws Exception {
        var body = """
                {"model": "oss", "max_tokens": 5, "tools": %s, "messages": [{"role": "user", "content": "Oslo"}, {"role": "assistant", "content": null,
                 "reasoning_content": "%s", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "call_1", "content": "Rain"}]}""";
        var without = json(server.post("/v1/chat/completions", body.formatted(TOOLS, "")).body()).path("usage").path("prompt_tokens")
                .asInt();
        var with = json(server.post("/v1/chat/completions", body.formatted(TOOLS, "I ask of it.")).body()).path("usage")
                .path("prompt_tokens").asInt();
        assertTrue(without > 20 && with > without + 4, with + " and " + without);
    }

    @Test
    void aResponseHasItemsOfThoughtsTextAndCalls() throws Exception {
        var tools = "[{\"type\": \"function\", \"name\": \"weather\", \"parameters\": {\"type\": \"object\", \"properties\": {}}}]";
        var output = json(server
                .post("/v1/responses", "{\"model\": \"oss\", \"input\": \"" + OSLO + "\", \"temperature\": 0, \"max_output_tokens\": 100, "
                        + "\"tools\": " + tools + "}")
                .body()).path("output");
        assertEquals(List.of("reasoning", "message", "function_call"),
                Stream.of(0, 1, 2).map(i -> output.path(i).path("type").asText()).toList(),
                output.toString());
        assertEquals("I ask.", output.path(0).path("content").path(0).path("text").asText());
        assertEquals("{\"city\": \"Oslo\"}", output.path(2).path("arguments").asText());
    }

    @Test
    void theWebChatKeepsThoughtsInItsOwnMarksAndShowsThemToNoModelAgain() {
        var client = ChatClient.of(server.base());
        var settings = "{\"temperature\": 0, \"max_tokens\": 60}";
        var asked = client.ask(SUM);
        var first = client.answer(asked, settings);
        var answer = client.await(first);
        assertEquals("<think>\nTwo and two.\n</think>\n\nFour.", answer.path("text").asText(), answer.toString());
        var next = client.ok("POST", "/api/conversations/" + asked.conversation() + "/messages",
                "{\"parent\": \"" + first + "\", \"role\": \"user\", \"text\": \"" + SUM + "\"}").path("id").asText();
        var again = client.await(client.answer(new ChatClient.Asked(asked.conversation(), next), settings));
        assertEquals(answer.path("text"), again.path("text"));
        var shorter = again.path("usage").path("prompt_tokens").asInt() - answer.path("usage").path("prompt_tokens").asInt();
        assertTrue(shorter > 5 && shorter < 60, shorter + " tokens more: an answer and a question, and no thoughts");
    }
}
