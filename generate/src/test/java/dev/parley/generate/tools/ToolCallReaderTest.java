package dev.parley.generate.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.converter.ConvertWith;
import org.junit.jupiter.params.provider.CsvSource;

class ToolCallReaderTest {

    private static final List<Tool> TOOLS = Stream.of("f", "g").map(CallingTemplates::tool).toList();

    /** What a client is told, pieces joined: {@code text | name(arguments) | …}. */
    private static final class Told implements ToolCallReader.Listener {

        private final StringBuilder text = new StringBuilder();
        private final List<String> calls = new ArrayList<>();

        @Override
        public void onText(String more) {
            text.append(more);
        }

        @Override
        public void onCall(int index, String name) {
            assertEquals(calls.size(), index);
            calls.add(name + ":");
        }

        @Override
        public void onArguments(int index, String piece) {
            calls.set(index, calls.get(index) + piece);
        }

        @Override
        public String toString() {
            return text + (calls.isEmpty() ? "" : "|" + String.join("|", calls));
        }
    }

    private static String told(ToolFormat format, boolean several, boolean cutOff, List<String> pieces) {
        var told = new Told();
        var reader = new ToolCallReader(format, TOOLS, several, List.of(), told);
        pieces.forEach(reader::push);
        reader.finish(cutOff);
        return told.toString();
    }

    /** However the text is cut, the same is told of it. */
    private static void assertTold(String expected, ToolFormat format, boolean several, boolean cutOff, String text) {
        assertEquals(expected, told(format, several, cutOff, List.of(text)), "as a whole");
        assertEquals(expected, told(format, several, cutOff, text.chars().mapToObj(Character::toString).toList()), "by characters");
        var random = new SplittableRandom(1);
        for (int i = 0; i < 50; i++) {
            var pieces = new ArrayList<String>();
            for (int at = 0; at < text.length();) {
                var end = Math.min(text.length(), at + 1 + random.nextInt(8));
                pieces.add(text.substring(at, end));
                at = end;
            }
            assertEquals(expected, told(format, several, cutOff, pieces), pieces.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', nullValues = "-", value = {
        "hermes ~ Just words. ~ Just words.",
        "hermes ~ a < b, <tool, <tool_cal ~ a < b, <tool, <tool_cal",
        "hermes ~ <tool_call>/{\"name\": \"f\", \"arguments\": {\"a\": \"}{\\\"\"}}/</tool_call> ~ |f:{\"a\": \"}{\\\"\"}",
        "hermes ~ Look.//<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call> ~ Look.|f:{}",
        "hermes ~ <tool_call>{\"arguments\": {\"x\": [1, {\"y\": 2}]}, \"name\": \"f\"}</tool_call> ~ |f:{\"x\": [1, {\"y\": 2}]}",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>/<tool_call>/{\"name\": \"g\", \"arguments\": {\"b\": "
                + "1}}/</tool_call>/ ~ |f:{}|g:{\"b\": 1}",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>/And then? ~ /And then?|f:{}",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call> ~ |f:{\"a\": 1}",
        "hermes ~ <tool_call>{\"name\": \"f\"}</tool_call> ~ |f:{}",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": null}</tool_call> ~ |f:{}",
        "hermes ~ <tool_call>{\"name\": \"unheard_of\", \"arguments\": {}}</tool_call> ~ |unheard_of:{}",
        "hermes ~ <tool_call> is how a call begins. ~ <tool_call> is how a call begins.",
        "hermes ~ <tool_call>{\"nom\": 1}</tool_call> ~ <tool_call>{\"nom\": 1}</tool_call>",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call> ~ <tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>",
        "hermes ~ <tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1} oops</tool_call> ~ |f:{\"a\": 1}",
        "llama ~ {\"name\": \"f\", \"parameters\": {\"a\": 1}} ~ |f:{\"a\": 1}",
        "llama ~ /{\"type\": \"function\", \"name\": \"f\", \"parameters\": {\"a\": 1}} ~ |f:{\"a\": 1}",
        "llama ~ {\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}} ~ |f:{}|g:{}",
        "llama ~ {\"name\": \"Ada\", \"parameters\": {}} ~ {\"name\": \"Ada\", \"parameters\": {}}",
        "llama ~ Words {\"name\": \"f\", \"parameters\": {}} ~ Words {\"name\": \"f\", \"parameters\": {}}",
        "mistral-list ~ [TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"a\": 1}}, {\"name\": \"g\", \"arguments\": {}}] ~ "
                + "|f:{\"a\": 1}|g:{}",
        "mistral-list ~ One moment. [TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}}] ~ One moment.|f:{}",
        "mistral-list ~ a list [1, 2] ~ a list [1, 2]",
        "mistral ~ [TOOL_CALLS]f[CALL_ID]abcdefghi[ARGS]{\"a\": 1}[TOOL_CALLS]g{} ~ |f:{\"a\": 1}|g:{}",
        "mistral ~ [TOOL_CALLS] is how a call begins ~ [TOOL_CALLS] is how a call begins",
        "python ~ Look. <|tool_call_start|>[f(a=1, b=['x', None]), g()]<|tool_call_end|> ~ Look.|f:{\"a\": 1, \"b\": [\"x\",null]}|g:{}",
        "python ~ <|tool_call_start|>f(a='it\\'s', )<|tool_call_end|>/Done. ~ /Done.|f:{\"a\": \"it's\"}",
        "python ~ <|tool_call_start|>[{\"name\": \"f\", \"arguments\": {}}]<|tool_call_end|> ~ <|tool_call_end|>|f:{}",
        "python ~ <|tool_call_start|>no call at all ~ <|tool_call_start|>no call at all",
        "gemma ~ <|tool_call>call:f{a:<|\"|>x, {y}<|\"|>,b:{c:[1,true]}}<tool_call|><|tool_call>call:g{}<tool_call|> ~ "
                + "|f:{\"a\": \"x, {y}\", \"b\": {\"c\":[1,true]}}|g:{}",
        "qwen-coder ~ Hm.//<tool_call>/<function=f>/<parameter=a>/1/</parameter>/</function>/</tool_call> ~ Hm.|f:{\"a\": 1}",
        "qwen-coder ~ <function=f><parameter=a>x y</parameter></function>/<function=g>/</function> ~ |f:{\"a\": \"x y\"}|g:{}",
        "qwen-coder ~ <tool_call> is a tag, and so is <function= ~ <tool_call> is a tag, and so is <function=",
        "deepseek ~ <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜> ~ |f:{\"a\": 1}"})
    void callsAreToldFromText(@ConvertWith(CallingTemplates.Named.class) ToolFormat format, String text, String expected) {
        assertTold(lines(expected), format, true, false, lines(text));
    }

    /** A slash is a line's end, but where it is a part of a mark. */
    private static String lines(String text) {
        return text.replace("</", "\0").replace('/', '\n').replace("\0", "</");
    }

    @Test
    void whatFollowsTheOneCallThatIsAllowedIsDropped() {
        assertTold("|f:{}", ToolFormat.MISTRAL_LIST, false, false,
                "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", \"arguments\": {}}] and more");
        assertTold("|f:{}", ToolFormat.HERMES, false, false,
                "<tool_call>{\"name\": \"f\", \"arguments\": {}}\n</tool_call> and more");
    }

    @Test
    void ofACallThatIsCutOffThereIsWhatCameOfItAndNoMarkup() {
        var call = "Hm.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"city\": \"Os";
        assertTold("Hm.|f:{\"city\": \"Os", ToolFormat.HERMES, true, true, call);
        for (int end = "Hm.\n<tool_call>".length(); end < call.indexOf("{\"city"); end++)
            assertTold("Hm.", ToolFormat.HERMES, true, true, call.substring(0, end));
        assertTold("Hm.\n<tool_call>\n{\"name\"", ToolFormat.HERMES, true, false, "Hm.\n<tool_call>\n{\"name\"");
    }

    @Test
    void argumentsAreToldAsTheyCome() {
        var told = new Told();
        var reader = new ToolCallReader(ToolFormat.HERMES, TOOLS, true, List.of(), told);
        reader.push("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": ");
        assertEquals("|f:{\"a\": ", told.toString());
        reader.push("[1,");
        assertEquals("|f:{\"a\": [1,", told.toString());
    }
}
