package dev.parley.generate.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers with calls as each family's template writes them, with all that arguments may hold, and read again. */
class RecordedCallsTest {

    private static final int CALLS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> STRINGS = List.of("Oslo", "", " ", "it's \"quoted\" \\ and 'so'", "two\nlines\n", "\n", "tab\tend",
            "naïve café 日本語 😀", "{\"a\": [1, 2}", "</tool_call>", "<tool_call>{\"name\": \"weather\"}", "[TOOL_CALLS]weather[ARGS]{}",
            "<function=weather>", "<parameter=city>", "print(\"hi\")\nif a < b:\n    return [x for x in y]", "null", "true", "False", "5",
            "-1.5e3", "a=1, b=2", "f(x)", "key: value, {other}", "C:\\new\\table", "<|tool_call_end|>", "```json\n{}\n```",
            "https://example.org/?q=a&b=%20#x", "O'Brien, \"Bob\"; DROP TABLE x;--", "} ] )", "\u00e9\u0301\u200d", "100%",
            "#!/bin/sh\nexit 0\n");

    /** As LFM2 writes them, by Python's own way to show a value. */
    private static final String PYTHON = """
            {%- for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% else %}{{ m.content }}{{ '<|tool_call_start|>[' }}{% for call in m.tool_calls %}{{ call.function.name + '(' }}{% for key, value in call.function.arguments | items %}{{ key + '=' + ([value] | string)[1:-1] + ('' if loop.last else ', ') }}{% endfor %}{{ ')' + ('' if loop.last else ', ') }}{% endfor %}{{ ']<|tool_call_end|>' }}{% endif %}{% endfor %}""";

    private record Call(String name, JsonNode arguments) {}

    private record Said(String text, List<Call> calls) {}

    private static final class Heard implements ToolCallReader.Listener {

        private final StringBuilder text = new StringBuilder();
        private final List<String> names = new ArrayList<>();
        private final List<StringBuilder> arguments = new ArrayList<>();

        @Override
        public void onText(String more) {
            text.append(more);
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

        Said said() throws Exception {
            var calls = new ArrayList<Call>();
            for (int i = 0; i < names.size(); i++) calls.add(new Call(names.get(i), plain(JSON.readTree(arguments.get(i).toString()))));
            return new Said(text.toString(), calls);
        }
    }

    /** Numbers are compared by their value. */
    private static JsonNode plain(JsonNode node) {
        if (node.isNumber()) return DoubleNode.valueOf(node.doubleValue());
        if (node.isArray()) {
            var array = JsonNodeFactory.instance.arrayNode();
            node.forEach(item -> array.add(plain(item)));
            return array;
        }
        if (!node.isObject()) return node;
        var object = JsonNodeFactory.instance.objectNode();
        node.properties().forEach(p -> object.set(p.getKey(), plain(p.getValue())));
        return object;
    }

    // ---- what is called ----

    private static JsonNode value(String type, SplittableRandom random, int depth) {
        var nodes = JsonNodeFactory.instance;
        return switch (type) {
            case "string" -> nodes.textNode(STRINGS.get(random.nextInt(STRINGS.size())));
            case "integer" -> nodes.numberNode(random.nextInt(3) == 0 ? random.nextLong(1L << 50) : random.nextInt(-50, 50));
            case "number" -> nodes.numberNode(random.nextInt(-1000, 1000) / 8.0);
            case "boolean" -> nodes.booleanNode(random.nextBoolean());
            case "null" -> nodes.nullNode();
            case "array" -> {
                var array = nodes.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) array.add(inner(random, depth));
                yield array;
            }
            default -> {
                var object = nodes.objectNode();
                for (int i = random.nextInt(4); i > 0; i--) object.set("key_" + i, inner(random, depth));
                yield object;
            }
        };
    }

    private static JsonNode inner(SplittableRandom random, int depth) {
        var types = List.of("string", "integer", "number", "boolean", "null", "array", "object");
        return value(types.get(random.nextInt(depth > 2 ? 5 : 7)), random, depth + 1);
    }

    private static List<Tool> tools() {
        var tools = new ArrayList<Tool>();
        for (var name : List.of("weather", "run-code", "search_2")) {
            var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
            var function = definition.putObject("function").put("name", name).put("description", "?");
            var properties = function.putObject("parameters").put("type", "object").putObject("properties");
            for (var type : List.of("string", "integer", "number", "boolean", "array", "object")) {
                properties.putObject("a_" + type).put("type", type);
                properties.putObject("b_" + type).put("type", type);
            }
            tools.add(new Tool(name, definition));
        }
        return tools;
    }

    private static ObjectNode call(ToolFormat format, List<Tool> tools, SplittableRandom random) {
        var tool = tools.get(random.nextInt(tools.size()));
        var arguments = JsonNodeFactory.instance.objectNode();
        tool.definition().path("function").path("parameters").path("properties").properties().forEach(p -> {
            if (random.nextInt(3) == 0) arguments.set(p.getKey(), value(p.getValue().path("type").asText(), random, 0));
        });
        var call = JsonNodeFactory.instance.objectNode().put("id", "abcdefghi").put("type", "function");
        call.putObject("function").put("name", tool.name()).put("arguments", arguments.toString());
        return call;
    }

    // ---- written and read ----

    static Stream<String> formats() {
        return ToolFormat.ALL.stream().filter(format -> format != ToolFormat.HARMONY).map(ToolFormat::name); // see HarmonyReaderTest
    }

    private static List<String> cut(String text, SplittableRandom random) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length();) {
            var end = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 30));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static Said read(ToolFormat format, List<Tool> tools, List<String> pieces) throws Exception {
        var heard = new Heard();
        var reader = new ToolCallReader(format, tools, true, List.of(), heard);
        pieces.forEach(reader::push);
        reader.finish(false);
        return heard.said();
    }

    private static String written(ChatTemplate template, ToolFormat format, ArrayNode messages) {
        var given = ToolMessages.forTemplate(messages, false, format.hasShortIds());
        var whole = template.text(ChatTemplateInput.of(given));
        given.remove(1);
        return whole.substring(template.text(ChatTemplateInput.of(given)).length());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void allAreReadAsTheyWereMeantHoweverTheyAreCut(String name) throws Exception {
        var format = ToolFormat.ALL.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
        var template = ChatTemplate.parse(name.equals("python") ? PYTHON : CallingTemplates.BY_FORMAT.get(name), name);
        var tools = tools();
        var random = new SplittableRandom(17);
        for (int done = 0; done < CALLS;) {
            var wanted = new ArrayList<Call>();
            var text = format.markers().isEmpty() || name.equals("mistral-list") || random.nextBoolean() ? ""
                    : List.of("Let me look.", "a < b, [TOOL, <tool_", "<|tool_cal")
                            .get(random.nextInt(3));
            var messages = JsonNodeFactory.instance.arrayNode();
            messages.addObject().put("role", "user").put("content", "?");
            var calls = messages.addObject().put("role", "assistant").put("content", text).putArray("tool_calls");
            for (int i = format.markers().isEmpty() ? 1 : 1 + random.nextInt(3); i > 0; i--) {
                var call = call(format, tools, random);
                calls.add(call);
                wanted.add(new Call(call.path("function").path("name").asText(),
                        plain(JSON.readTree(call.path("function").path("arguments").asText()))));
            }
            var answer = written(template, format, messages).replaceFirst("^(<start_of_turn>model\n|<\\|assistant\\|>|<｜Assistant｜>)", "")
                    .replaceFirst("<end_of_turn>\n$", "");
            var said = new Said(text, wanted);
            assertEquals(said, read(format, tools, List.of(answer)), answer);
            for (int i = 0; i < 5 * wanted.size(); i++) assertEquals(said, read(format, tools, cut(answer, random)), answer);
            done += wanted.size();
        }
    }
}
