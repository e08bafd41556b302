package dev.parley.generate.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.generate.tools.Tool;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HarmonyReaderTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokenizer TOKENIZER = BpeTrainer.of(400)
            .withSpecialTokens(
                    Stream.concat(Stream.of("<|return|>", "<|call|>"), new HarmonyFormat().marks().stream()).toArray(String[]::new))
            .train(List.of("analysis commentary final assistant to=functions.weather json {\"city\": \"Oslo\"} I think of it.").iterator());

    /** What a client is told, in the order in which it comes. */
    private static final class Told implements AnswerReader.Listener {

        private final StringBuilder all = new StringBuilder();
        private char last;

        private void say(char kind, String piece) {
            assertFalse(piece.isEmpty());
            if (last != kind) all.append(all.isEmpty() ? "" : " ").append(kind).append(':');
            last = kind;
            all.append(piece);
        }

        @Override
        public void onThought(String piece) {
            say('T', piece);
        }

        @Override
        public void onText(String piece) {
            say('A', piece);
        }

        @Override
        public void onCall(int index, String name) {
            assertEquals(0, index, "an answer has one call");
            say('C', name);
            last = 0;
        }

        @Override
        public void onArguments(int index, String piece) {
            say('J', piece);
        }
    }

    private static AnswerForm form(boolean withTools) {
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        definition.putObject("function").put("name", "weather");
        var calls = withTools ? Optional.of(Calls.asItLikes(List.of(new Tool("weather", definition)))) : Optional.<Calls>empty();
        return AnswerForm.of(TOKENIZER, ChatTemplate.parse(CallingTemplates.HARMONY, "harmony"), new int[] {0}, calls);
    }

    private static String told(boolean withTools, FinishReason reason, List<String> pieces) {
        var told = new Told();
        var reader = new AnswerReader(form(withTools), told);
        pieces.forEach(piece -> reader.push(new int[0], piece));
        reader.finish(reason);
        return told.all.toString();
    }

    private static List<String> cut(String text, Random random) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length();) {
            var to = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 2 : 12));
            pieces.add(text.substring(at, to));
            at = to;
        }
        return pieces;
    }

    /** {@code ^analysis=} stands for a channel and the end of its header, a dollar for the end of a message and the next one's begin. */
    private static String marked(String text) {
        return text.replace("$", "<|end|><|start|>assistant").replace("^", "<|channel|>").replace("=>", "<|message|>")
                .replace("!json", "<|constrain|>json").replace("\\n", "\n");
    }

    /** Thoughts are told as T, the answer as A, the name of a call as C, its arguments as J. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', nullValues = "-", value = {
        "^analysis=>Two and two.$^final=>It is 4. ~ T:Two and two. A:It is 4.",
        "^final=>Hello, a < b <| c. ~ A:Hello, a < b <| c.",
        "^analysis=>He says:\\n\\n hi$^final=>\\nHi\\n ~ T:He says:\\n\\n hi A:\\nHi\\n",
        "^analysis=>I ask.$^commentary to=functions.weather !json=>{\"a\": \"Oslo\"}<|call|> ~ T:I ask. C:weather J:{\"a\": \"Oslo\"}",
        "^analysis=>I ask.$ to=functions.weather^commentary json=> {\"a\": {}} ~ T:I ask. C:weather J:{\"a\": {}}",
        " to=functions.weather^commentary json=>{\"a\": \"<|\"} ~ C:weather J:{\"a\": \"<|\"}",
        "^commentary to=functions.weather code=><|call|> ~ C:weather J:{}",
        "^commentary=>I look it up.$^analysis=>Now.$^commentary to=functions.weather=>{} ~ A:I look it up. T:Now. C:weather J:{}",
        "^analysis=>One.$^analysis=> Two.$^final=>3 ~ T:One. Two. A:3",
        "^analysis=>It goes on ~ T:It goes on",
        "Just words. ~ A:Just words.",
        "^commentary to=browser.search=>{\"q\": 1} ~ C:browser.search J:{\"q\": 1}",
        "^commentary to=functions.weather=>in Oslo ~ A:in Oslo",
        "^final=>Done.<|return|>^final=>more ~ A:Done.",
        "^final=>One.<|end|><|start|>user=>And then? ~ A:One.",
        "^analysis=>One.<|start|>assistant^final=>Two. ~ T:One. A:Two."})
    void noMarkLeaksAndNothingIsLostHoweverItIsCut(String text, String expected) {
        var whole = marked(text);
        var wanted = expected.replace("\\n", "\n");
        assertEquals(wanted, told(true, FinishReason.STOP, List.of(whole)));
        var random = new Random(3);
        for (int i = 0; i < 1000; i++) assertEquals(wanted, told(true, FinishReason.STOP, cut(whole, random)));
    }

    @Test
    void whatIsCutOffTellsNoPartOfAMark() {
        var whole = marked("^analysis=>Hm.$^commentary to=functions.weather !json=>{\"a\": 1}");
        for (int end = 0; end <= whole.length(); end++) {
            var told = told(true, FinishReason.LENGTH, List.of(whole.substring(0, end)));
            for (var mark : List.of("channel", "message", "start", "constrain", "to=")) assertFalse(told.contains(mark), told);
            assertTrue(!told.contains("C:") || told.contains("J:{"), told);
        }
    }

    @Test
    void withoutToolsWhatIsMeantAsACallIsText() {
        assertEquals("A:{\"city\": 1}", told(false, FinishReason.STOP, List.of(marked("^commentary to=functions.weather=>{\"city\": 1}"))));
    }

    /** Two hundred calls whose arguments hold what JSON may hold, in both forms of the header, between random borders. */
    @Test
    void recordedCallsAreRead() throws Exception {
        var random = new Random(5);
        for (int i = 0; i < 200; i++) {
            var arguments = arguments(random, 3);
            var thoughts = i % 3 == 0 ? "" : "<|channel|>analysis<|message|>Number " + i + "?<|end|><|start|>assistant";
            var name = "tool_" + i % 7;
            var header = i % 2 == 0 ? "<|channel|>commentary to=functions." + name + " <|constrain|>json<|message|>"
                    : " to=functions." + name + "<|channel|>commentary json<|message|>";
            var text = thoughts + header + (i % 5 == 0 ? arguments.toPrettyString() : arguments) + (i % 4 == 0 ? "<|call|>" : "");
            var told = told(true, FinishReason.STOP, cut(text, random));
            var call = told.indexOf("C:" + name + " J:");
            assertTrue(call >= 0, told);
            assertEquals(arguments, JSON.readTree(told.substring(call + name.length() + 5)));
            assertEquals(thoughts.isEmpty() ? "" : "T:Number " + i + "? ", told.substring(0, call));
        }
    }

    private static ObjectNode arguments(Random random, int depth) {
        var object = JSON.createObjectNode();
        var texts = List.of("", "a \"b\"", "}{][", "\\", "<|call|", "line\nline", "日本 \uD83D\uDE00", "<|end");
        for (int i = random.nextInt(4); i > 0; i--) {
            var name = "k" + i;
            switch (random.nextInt(depth > 0 ? 6 : 4)) {
                case 0 -> object.put(name, texts.get(random.nextInt(texts.size())));
                case 1 -> object.put(name, random.nextInt());
                case 2 -> object.put(name, random.nextBoolean());
                case 3 -> object.putNull(name);
                case 4 -> object.set(name, arguments(random, depth - 1));
                default -> object.putArray(name).add(arguments(random, depth - 1)).add("x");
            }
        }
        return object;
    }

    @Test
    void tokensOfThoughtsAreCountedWithTheirMarks() {
        var form = form(true);
        var thoughts = "<|channel|>analysis<|message|>I think of it.<|end|>";
        var rest = "<|start|>assistant<|channel|>final<|message|>I think.";
        var reader = new AnswerReader(form, new Told());
        var decoder = TOKENIZER.streamDecoder(Set.copyOf(form.shownTokens()));
        var ids = IntStream.concat(IntStream.of(TOKENIZER.encodeWithSpecialTokens(thoughts)),
                IntStream.of(TOKENIZER.encodeWithSpecialTokens(rest))).toArray();
        for (var id : ids) reader.push(new int[] {id}, decoder.push(id));
        reader.finish(FinishReason.STOP);
        var wanted = TOKENIZER.encodeWithSpecialTokens(thoughts).length;
        // the header of the answer may count
        assertTrue(Math.abs(wanted - reader.thoughtTokens()) <= 2, wanted + ", " + reader.thoughtTokens());
    }
}
