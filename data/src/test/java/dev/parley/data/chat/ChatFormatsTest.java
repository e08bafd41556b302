package dev.parley.data.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each format, in the examples by which TRL's, LLaMA-Factory's and OpenAI's documentation explain them. */
class ChatFormatsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static ChatRecord read(String line) throws IOException {
        var json = JSON.readTree(line);
        return ChatFormat.of(json).orElseThrow(() -> ChatFormat.unknown(json)).read(json);
    }

    /** "user: Hello | assistant: Hi", with calls and thoughts. */
    private static String told(ArrayNode messages) {
        var told = new ArrayList<String>();
        for (var message : messages) {
            var thought = message.has("reasoning_content") ? "(" + message.path("reasoning_content").asText() + ") " : "";
            var calls = new StringBuilder();
            for (var call : message.path("tool_calls"))
                calls.append('[').append(call.path("function").path("name").asText()).append(' ')
                        .append(call.path("function").path("arguments").asText()).append(']');
            told.add(message.path("role").asText() + ": " + thought + message.path("content").asText() + calls);
        }
        return String.join(" | ", told);
    }

    private static String told(String line) throws IOException {
        return told(assertInstanceOf(Chat.class, read(line)).messages());
    }

    @Test
    void conversationsOfAllFormatsBecomeTheSameMessages() throws IOException {
        var said = "user: What color is the sky? | assistant: It is blue.";
        var forms = Map.of(
                "trl messages",
                "{'messages': [{'role': 'user', 'content': 'What color is the sky?'}, {'role': 'assistant', 'content': 'It is blue.'}]}",
                "trl prompt-completion",
                "{'prompt': [{'role': 'user', 'content': 'What color is the sky?'}], 'completion': [{'role': 'assistant', 'content': 'It is blue.'}]}",
                "plain prompt-completion", "{'prompt': 'What color is the sky?', 'completion': 'It is blue.'}",
                "sharegpt",
                "{'conversations': [{'from': 'human', 'value': 'What color is the sky?'}, {'from': 'gpt', 'value': 'It is blue.'}]}",
                "conversations in OpenAI's form",
                "{'conversations': [{'role': 'user', 'content': 'What color is the sky?'}, {'role': 'assistant', 'content': 'It is blue.'}]}",
                "alpaca", "{'instruction': 'What color is the sky?', 'input': '', 'output': 'It is blue.'}");
        for (var form : forms.entrySet()) assertEquals(said, told(form.getValue().replace('\'', '"')), form.getKey());
    }

    @Test
    void alpacasHistoryAndInputStandWhereTheyWereSaid() throws IOException {
        assertEquals("system: Be brief. | user: Hi | assistant: Hello | user: Translate\ngood day | assistant: bonjour", told("""
                {"instruction": "Translate", "input": "good day", "output": "bonjour", "system": "Be brief.", "history": [["Hi", "Hello"]]}"""));
    }

    @Test
    void shareGptCallsAndObservationsAreCallsAndResults() throws IOException {
        var chat = (Chat) read("""
                {"conversations": [{"from": "human", "value": "age of Ada?"},
                  {"from": "function_call", "value": "{\\"name\\": \\"age\\", \\"arguments\\": {\\"of\\": \\"Ada\\"}}"},
                  {"from": "observation", "value": "36"}, {"from": "gpt", "value": "She was 36."}],
                 "system": "Use tools.", "tools": "[{\\"name\\": \\"age\\", \\"description\\": \\"An age\\", \\"parameters\\": {\\"type\\": \\"object\\"}}]"}""");
        assertEquals("system: Use tools. | user: age of Ada? | assistant: [age {\"of\":\"Ada\"}] | tool: 36 | assistant: She was 36.",
                told(chat.messages()));
        assertEquals("[{\"type\":\"function\",\"function\":{\"name\":\"age\",\"description\":\"An age\",\"parameters\":{\"type\":\"object\"}}}]",
                chat.tools().toString());
    }

    @Test
    void thoughtsHaveOneName() throws IOException {
        for (var name : List.of("reasoning_content", "reasoning", "thinking")) {
            assertEquals("user: 2+2? | assistant: (two twos) 4", told("""
                    {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "%s": "two twos", "content": "4"}]}"""
                    .formatted(name)));
        }
    }

    @Test
    void weightZeroIsRememberedAndAnyOtherIsNamed() throws IOException {
        var chat = (Chat) read("""
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0},
                  {"role": "user", "content": "c"}, {"role": "assistant", "content": "d", "weight": 1}]}""");
        assertEquals(java.util.Set.of(1), chat.unlearned());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> read("{\"messages\": [{\"role\": \"assistant\", \"content\": \"b\", \"weight\": 0.5}]}")).getMessage()
                .contains("weight 0.5"));
    }

    // ---- pairs, thumbs, prompts ----

    private static String pair(String line) throws IOException {
        var pair = assertInstanceOf(PreferencePair.class, read(line.replace('\'', '"')));
        return told(pair.prompt().messages()) + " > " + told(pair.chosen()) + " > " + told(pair.rejected());
    }

    @Test
    void pairsWithAndWithoutAPromptAreReadAsTrlDocumentsThem() throws IOException {
        var messages = "user: What color is the sky? > assistant: It is blue. > assistant: It is green.";
        assertEquals(messages, pair("""
                {'prompt': [{'role': 'user', 'content': 'What color is the sky?'}],
                 'chosen': [{'role': 'assistant', 'content': 'It is blue.'}],
                 'rejected': [{'role': 'assistant', 'content': 'It is green.'}]}"""));
        assertEquals(messages, pair("""
                {'chosen': [{'role': 'user', 'content': 'What color is the sky?'}, {'role': 'assistant', 'content': 'It is blue.'}],
                 'rejected': [{'role': 'user', 'content': 'What color is the sky?'}, {'role': 'assistant', 'content': 'It is green.'}]}"""));
        assertEquals("user: The sky is > assistant:  blue. > assistant:  green.",
                pair("{'prompt': 'The sky is', 'chosen': ' blue.', 'rejected': ' green.'}"));
        assertEquals("user: The sky is > assistant:  blue. > assistant:  green.",
                pair("{'chosen': 'The sky is blue.', 'rejected': 'The sky is green.'}"));
    }

    @Test
    void aTextBesideWholeConversationsIsNotThePromptTwice() throws IOException {
        assertEquals("user: q > assistant: a > assistant: b", pair("""
                {'prompt': 'q', 'chosen': [{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'a'}],
                 'rejected': [{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'b'}]}"""));
        assertEquals("user: q > assistant: a > assistant: b", pair("""
                {'prompt': 'q', 'chosen': [{'role': 'assistant', 'content': 'a'}], 'rejected': [{'role': 'assistant', 'content': 'b'}]}"""));
    }

    @Test
    void pairsOfOtherHousesAreRead() throws IOException {
        assertEquals("user: Hi | assistant: Hello | user: Bye? > assistant: Bye. > assistant: No.", pair("""
                {'chosen': '\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: Bye?\\n\\nAssistant: Bye.',
                 'rejected': '\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: Bye?\\n\\nAssistant: No.'}"""));
        assertEquals("user: Hello > assistant: Hi. > assistant: Go.", pair("""
                {'input': {'messages': [{'role': 'user', 'content': 'Hello'}], 'tools': [], 'parallel_tool_calls': true},
                 'preferred_output': [{'role': 'assistant', 'content': 'Hi.'}],
                 'non_preferred_output': [{'role': 'assistant', 'content': 'Go.'}]}"""));
        assertEquals("user: q > assistant: a > assistant: b", pair("""
                {'conversations': [{'from': 'human', 'value': 'q'}], 'chosen': {'from': 'gpt', 'value': 'a'},
                 'rejected': {'from': 'gpt', 'value': 'b'}}"""));
    }

    @Test
    void thumbsAndVerifiablePromptsAreRead() throws IOException {
        var rated = assertInstanceOf(RatedAnswer.class,
                read("{\"prompt\": \"The sky is\", \"completion\": \" blue.\", \"label\": true}"));
        assertEquals("user: The sky is > assistant:  blue. true", told(rated.prompt().messages()) + " > " + told(rated.answer()) + " "
                + rated.good());
        var checked = assertInstanceOf(VerifiablePrompt.class,
                read("{\"prompt\": [{\"role\": \"user\", \"content\": \"2+2?\"}], \"answer\": 4, \"reward\": \"number\"}"));
        assertEquals("4 number", checked.answer() + " " + checked.more().path("reward").asText());
        assertEquals("18", assertInstanceOf(VerifiablePrompt.class, read("{\"question\": \"How much?\", \"answer\": \"18\"}")).answer());
    }

    // ---- files ----

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void linesArraysAndGzipAreReadAlikeAndMixedKindsAreCounted() throws IOException {
        var chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}";
        var pair = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}";
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write((chat + "\n" + pair).getBytes(StandardCharsets.UTF_8));
        }
        var files = List.of(file("a.jsonl", "\ufeff" + chat + "\r\n\r\n" + pair + "\r\n"), file("b.json", "\n [" + chat + ",\n" + pair + "]"),
                Files.write(folder.resolve("c.jsonl.gz"), packed.toByteArray()));
        for (var file : files) {
            var found = ChatFiles.of(List.of(file)).only(Chat.class);
            assertEquals(1, found.records().size(), file.toString());
            assertEquals(Map.of(ChatFormat.PREFERENCE, 1), found.others(), file.toString());
            assertEquals(1, ChatFiles.of(List.of(file)).only(PreferencePair.class).records().size(), file.toString());
        }
        assertEquals(3, ChatFiles.of(List.of(folder)).only(Chat.class).records().size());
        var none = assertThrows(IllegalArgumentException.class, () -> ChatFiles.of(files).only(RatedAnswer.class));
        assertTrue(none.getMessage().contains("There is no rated answer") && none.getMessage().contains("3 lines are preference pairs"),
                none.getMessage());
    }

    @Test
    void aBadLineNamesFileLineAndFaultOrIsCounted() throws IOException {
        var good = "{\"prompt\": \"p\", \"completion\": \"c\"}\n";
        var file = folder.resolve("mixed.jsonl");
        Files.write(file, (good + "{\"prompt\": 3, \"completion\": \"c\"}\n{\"text\": \"x\"}\n{\"prompt\":\n[1]\n" + good)
                .getBytes(StandardCharsets.UTF_8));
        Files.write(file, new byte[] {'"', (byte) 0xff, '"', '\n'}, java.nio.file.StandardOpenOption.APPEND);
        var fault = assertThrows(IllegalArgumentException.class, () -> ChatFiles.chats(List.of(file)));
        assertTrue(fault.getMessage().endsWith("mixed.jsonl, line 2: the prompt is neither a text nor a list of messages."),
                fault.getMessage());
        var found = ChatFiles.of(List.of(file)).skippingBad().only(Chat.class);
        assertEquals(2, found.records().size());
        assertEquals(5, found.bad().count());
        var samples = String.join("\n", found.bad().samples());
        assertTrue(samples.contains("line 3: this is none of the formats") && samples.contains("(it has text)")
                && samples.contains("line 4: this is not JSON") && samples.contains("line 5: this is no JSON object")
                && samples.contains("line 7: this is not UTF-8"), samples);
        assertEquals(6, found.placed().getLast().place().number());
    }

    @Test
    void aFormatThatIsNamedIsNotGuessed() throws IOException {
        var file = file("a.jsonl", "{\"instruction\": \"i\", \"output\": \"o\", \"messages\": \"none\"}\n");
        assertEquals("user: i | assistant: o",
                told(ChatFiles.of(List.of(file)).withFormat(ChatFormat.ALPACA).only(Chat.class).records().getFirst().messages()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ChatFormat.named("csv")).getMessage().contains("alpaca"));
    }

    @Test
    void anArrayThatBreaksOffSaysWhere() throws IOException {
        var file = file("cut.json", "[{\"prompt\": \"p\", \"completion\": \"c\"},\n{\"prompt\": \"p\"");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ChatFiles.chats(List.of(file))).getMessage()
                .contains("cut.json, line 2: this is not JSON"));
        assertEquals(1, ChatFiles.of(List.of(file)).skippingBad().only(Chat.class).records().size());
    }
}
