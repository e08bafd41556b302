package dev.parley.generate.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.parley.generate.Generator;
import dev.parley.generate.Script;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.answer.AnswerForm.Use;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model of random weights calls, drawn at a high temperature: the schema holds because the grammar does. */
class ForcedCallsTest {

    private static final int ANSWERS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = """
            <tool_call> {"name": "book", "city": [1, 2], true, null} book( = [ARGS] </function> Oslo: 日本 \t'""";
    private static final Map<String, String> SCHEMAS = Map.of("book",
            """
            {"type": "object", "properties": {"city": {"type": "string", "maxLength": 9}, "class": {"enum": ["first", "second", "it's \\"third\\""]},
             "nights": {"type": "integer", "minimum": 1, "maximum": 30}, "price": {"type": "number", "minimum": 0, "maximum": 99}, "breakfast": {"type": "boolean"},
             "note": {"anyOf": [{"type": "string", "maxLength": 6}, {"type": "null"}, {"type": "integer", "minimum": 5, "maximum": 20}]},
             "guests": {"type": "array", "items": {"$ref": "#/$defs/guest"}, "maxItems": 2}}, "required": ["city", "nights", "breakfast", "note"],
             "additionalProperties": false, "$defs": {"guest": {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[A-Z][a-z]{1,5}$"},
             "adult": {"type": "boolean"}, "age": {"type": ["integer", "null"], "maximum": 120, "minimum": 0}}, "required": ["name", "age"], "additionalProperties": false}}}""",
            "stop", "{\"type\": \"object\", \"properties\": {}, \"additionalProperties\": false}");

    static Stream<ToolFormat> formats() {
        return ToolFormat.ALL.stream().filter(format -> format != ToolFormat.HARMONY); // see ForcedHarmonyTest
    }

    private static List<Tool> tools() throws Exception {
        var tools = new ArrayList<Tool>();
        for (var name : List.of("book", "stop")) {
            var definition = JSON.createObjectNode().put("type", "function");
            definition.putObject("function").put("name", name).put("description", "?").set("parameters", JSON.readTree(SCHEMAS.get(name)));
            tools.add(new Tool(name, definition, true));
        }
        return tools;
    }

    /** What a client is told of an answer. */
    private static final class Told implements AnswerReader.Listener {

        private final StringBuilder text = new StringBuilder();
        private final List<String> names = new ArrayList<>();
        private final List<StringBuilder> arguments = new ArrayList<>();

        @Override
        public void onThought(String piece) {
            throw new AssertionError("this model does not think");
        }

        @Override
        public void onText(String piece) {
            text.append(piece);
        }

        @Override
        public void onCall(int index, String name) {
            names.add(name);
            arguments.add(new StringBuilder());
        }

        @Override
        public void onArguments(int index, String piece) {
            arguments.get(index).append(piece);
        }
    }

    private static Told read(AnswerForm form, Completion completion) {
        var told = new Told();
        var reader = new AnswerReader(form, told);
        reader.push(completion.ids(), completion.text());
        reader.finish(completion.finishReason());
        return told;
    }

    private static void assertObeys(String name, String arguments) throws Exception {
        var schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SCHEMAS.get(name));
        assertEquals(List.of(), List.copyOf(schema.validate(JSON.readTree(arguments))), arguments);
    }

    private static List<Completion> answers(AnswerForm form, CausalLM model, int count, int seed) {
        return answers(form, model, count, seed, Map.of());
    }

    private static List<Completion> answers(AnswerForm form, CausalLM model, int count, int seed, Map<List<Integer>, Double> biases) {
        var end = form.tokenizer().idOf("<|end|>").orElseThrow();
        var settings = GenerationConfig.builder().temperature(1.5).seed(seed).maxNewTokens(400).numReturnSequences(count)
                .eosTokenIds(List.of(end))
                .sequenceBias(biases).build();
        return new Generator(model, form.tokenizer()).generate(List.of(new int[] {end}),
                form.config(settings, form.grammar(Optional.empty())));
    }

    private static AnswerForm form(ToolFormat format, Tokenizer tokenizer, boolean several, Use use) throws Exception {
        var template = ChatTemplate.parse(CallingTemplates.BY_FORMAT.get(format.name()), format.name());
        return AnswerForm.of(tokenizer, template, new int[] {0}, Optional.of(new Calls(tools(), tools(), several, use)));
    }

    /** @param special whether the marks are tokens that show no text, or else written like any text */
    private static Tokenizer tokenizer(ToolFormat format, boolean special) {
        var marks = special ? format.marks() : List.<String>of();
        var texts = List.of(TEXT, "Well." + String.join("Well.", format.markers()) + String.join("\n", format.marks()));
        return BpeTrainer.of(440).withSpecialTokens(Stream.concat(Stream.of("<|end|>"), marks.stream()).toArray(String[]::new))
                .train(texts.iterator());
    }

    static Stream<Arguments> marked() {
        return formats().filter(format -> !format.markers().isEmpty())
                .flatMap(format -> Stream.of(Arguments.of(format, true), Arguments.of(format, false)));
    }

    @ParameterizedTest
    @MethodSource("marked")
    void aCallInFreeTextKeepsItsSchemaFromWhereItBegins(ToolFormat format, boolean special) throws Exception {
        var tokenizer = tokenizer(format, special);
        var form = form(format, tokenizer, false, Use.AS_IT_LIKES);
        var end = tokenizer.idOf("<|end|>").orElseThrow();
        var biases = Script.beginning(new int[] {end}, tokenizer, "Well." + format.markers().getFirst());
        try (var model = RandomModels.load(ModelConfig.gpt2(tokenizer.vocabSize(), 512, 32, 1, 2), 3)) {
            var whole = answers(form, model, 8, 1, biases).stream().filter(a -> a.finishReason() == FinishReason.STOP).toList();
            assertTrue(whole.size() > 4);
            for (var answer : whole) {
                var told = read(form, answer);
                assertEquals("Well.", told.text.toString(), answer.text());
                assertEquals(1, told.names.size(), answer.text());
                assertObeys(told.names.getFirst(), told.arguments.getFirst().toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void textWithoutACallIsFree(ToolFormat format) throws Exception {
        var tokenizer = tokenizer(format, true);
        var form = form(format, tokenizer, true, Use.AS_IT_LIKES);
        var grammar = form.grammar(Optional.empty()).orElseThrow();
        for (var text : List.of("", "Hello.", "a < b, [TOOL, <tool_\n", "日本語 \u0000")) assertTrue(grammar.matches(text), text);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyOneKeepsTheSchemaOfItsFunction(ToolFormat format) throws Exception {
        var tokenizer = tokenizer(format, true);
        try (var model = RandomModels.load(ModelConfig.gpt2(tokenizer.vocabSize(), 512, 32, 1, 2), 3)) {
            var single = form(format, tokenizer, false, Use.ALWAYS);
            var whole = 0;
            for (int seed = 0; whole < ANSWERS && seed < 10; seed++) whole += obeying(single, answers(single, model, ANSWERS / 2, seed));
            assertTrue(whole >= ANSWERS, "too many were cut off: " + whole + " were whole");
            var several = form(format, tokenizer, true, Use.ALWAYS);
            obeying(several, answers(several, model, 8, 1));
        }
    }

    /** Checks what has not been cut off. @return how many answers */
    private static int obeying(AnswerForm form, List<Completion> answers) throws Exception {
        var whole = answers.stream().filter(answer -> answer.finishReason() == FinishReason.STOP).toList();
        for (var answer : whole) {
            var told = read(form, answer);
            assertFalse(told.names.isEmpty(), answer.text());
            assertEquals("", told.text.toString(), answer.text());
            for (int i = 0; i < told.names.size(); i++) assertObeys(told.names.get(i), told.arguments.get(i).toString());
        }
        return whole.size();
    }
}
