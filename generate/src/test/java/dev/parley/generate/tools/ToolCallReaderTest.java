package dev.parley.generate.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolCallReaderTest {

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

    private static String told(ToolFormat format, boolean several, boolean opened, boolean cutOff, List<String> pieces) {
        var told = new Told();
        var reader = new ToolCallReader(format, Set.of("f", "g"), several, opened, told);
        pieces.forEach(reader::push);
        reader.finish(cutOff);
        return told.toString();
    }

    /** However the text is cut, the same is told of it. */
    private static void assertTold(String expected, ToolFormat format, boolean several, boolean opened, boolean cutOff, String text) {
        assertEquals(expected, told(format, several, opened, cutOff, List.of(text)), "as a whole");
        assertEquals(expected, told(format, several, opened, cutOff, text.chars().mapToObj(Character::toString).toList()), "by characters");
        var random = new SplittableRandom(1);
        for (int i = 0; i < 50; i++) {
            var pieces = new ArrayList<String>();
            for (int at = 0; at < text.length();) {
                var end = Math.min(text.length(), at + 1 + random.nextInt(8));
                pieces.add(text.substring(at, end));
                at = end;
            }
            assertEquals(expected, told(format, several, opened, cutOff, pieces), pieces.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', nullValues = "-", value = {
        "HERMES ~ Just words. ~ Just words.",
        "HERMES ~ a < b, <tool, <tool_cal ~ a < b, <tool, <tool_cal",
        "HERMES ~ <tool_call>/{\"name\": \"f\", \"arguments\": {\"a\": \"}{\\\"\"}}/</tool_call> ~ |f:{\"a\": \"}{\\\"\"}",
        "HERMES ~ Look.//<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call> ~ Look.|f:{}",
        "HERMES ~ <tool_call>{\"arguments\": {\"x\": [1, {\"y\": 2}]}, \"name\": \"f\"}</tool_call> ~ |f:{\"x\": [1, {\"y\": 2}]}",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>/<tool_call>/{\"name\": \"g\", \"arguments\": {\"b\": "
                + "1}}/</tool_call>/ ~ |f:{}|g:{\"b\": 1}",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>/And then? ~ /And then?|f:{}",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call> ~ |f:{\"a\": 1}",
        "HERMES ~ <tool_call>{\"name\": \"f\"}</tool_call> ~ |f:{}",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": null}</tool_call> ~ |f:{}",
        "HERMES ~ <tool_call>{\"name\": \"unheard_of\", \"arguments\": {}}</tool_call> ~ |unheard_of:{}",
        "HERMES ~ <tool_call> is how a call begins. ~ <tool_call> is how a call begins.",
        "HERMES ~ <tool_call>{\"nom\": 1}</tool_call> ~ <tool_call>{\"nom\": 1}</tool_call>",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call> ~ <tool_call>{\"name\": \"f\", \"arguments\": 5}</tool_call>",
        "HERMES ~ <tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1} oops</tool_call> ~ |f:{\"a\": 1}",
        "LLAMA ~ {\"name\": \"f\", \"parameters\": {\"a\": 1}} ~ |f:{\"a\": 1}",
        "LLAMA ~ /{\"type\": \"function\", \"name\": \"f\", \"parameters\": {\"a\": 1}} ~ |f:{\"a\": 1}",
        "LLAMA ~ {\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}} ~ |f:{}|g:{}",
        "LLAMA ~ {\"name\": \"Ada\", \"parameters\": {}} ~ {\"name\": \"Ada\", \"parameters\": {}}",
        "LLAMA ~ Words {\"name\": \"f\", \"parameters\": {}} ~ Words {\"name\": \"f\", \"parameters\": {}}",
        "MISTRAL ~ [TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"a\": 1}}, {\"name\": \"g\", \"arguments\": {}}] ~ |f:{\"a\": 1}|g:{}",
        "MISTRAL ~ One moment. [TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}}] ~ One moment.|f:{}",
        "MISTRAL ~ a list [1, 2] ~ a list [1, 2]"})
    void callsAreToldFromText(ToolFormat format, String text, String expected) {
        assertTold(lines(expected), format, true, false, false, lines(text));
    }

    /** A slash is a line's end, but where it is a part of a mark. */
    private static String lines(String text) {
        return text.replace("</", "\0").replace('/', '\n').replace("\0", "</");
    }

    @Test
    void whatFollowsTheOneCallThatIsAllowedIsDropped() {
        assertTold("|f:{}", ToolFormat.MISTRAL, false, true, false,
                "[{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", \"arguments\": {}}] and more");
        assertTold("|f:{}", ToolFormat.HERMES, false, false, false,
                "<tool_call>{\"name\": \"f\", \"arguments\": {}}\n</tool_call> and more");
    }

    @Test
    void ofACallThatIsCutOffThereIsWhatCameOfItAndNoMarkup() {
        var call = "Hm.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"city\": \"Os";
        assertTold("Hm.|f:{\"city\": \"Os", ToolFormat.HERMES, true, false, true, call);
        for (int end = "Hm.\n<tool_call>".length(); end < call.indexOf("{\"city"); end++)
            assertTold("Hm.", ToolFormat.HERMES, true, false, true, call.substring(0, end));
        assertTold("Hm.<tool_call>\n{\"name\"", ToolFormat.HERMES, true, false, false, "Hm.\n<tool_call>\n{\"name\"");
    }

    @Test
    void aTokenThatIsNoTextMayOpenTheCalls() {
        for (int lag = 0; lag < 5; lag++) { // text may come later than the tokens that it is of
            var told = new Told();
            var reader = new ToolCallReader(ToolFormat.MISTRAL, Set.of("f"), true, false, told);
            var text = "Well. [{\"name\": \"f\", \"arguments\": {}}]";
            reader.push(text.substring(0, 6 - lag));
            reader.openAfter(6);
            reader.push(text.substring(6 - lag));
            reader.finish(false);
            assertEquals("Well.|f:{}", told.toString());
        }
    }

    @Test
    void argumentsAreToldAsTheyCome() {
        var told = new Told();
        var reader = new ToolCallReader(ToolFormat.HERMES, Set.of("f"), true, false, told);
        reader.push("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": ");
        assertEquals("|f:{\"a\": ", told.toString());
        reader.push("[1,");
        assertEquals("|f:{\"a\": [1,", told.toString());
    }
}
