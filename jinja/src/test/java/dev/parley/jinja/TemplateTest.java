package dev.parley.jinja;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.jinja.Rendering.Part;
import dev.parley.jinja.Rendering.Speaker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Rendering render(String source, Inputs inputs) {
        return Template.parse(source, "t").render(inputs, () -> LocalDateTime.of(2024, 7, 26, 8, 5));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- at load ----

    @ParameterizedTest
    @ValueSource(strings = {"{{ x | nosuch }}", "{{ x is nosuch }}", "{% nosuch %}", "{{ nosuch(1) }}", "{% if x %}", "{{ x",
        "{% for x in %}{% endfor %}",
        "{{ 'open }}", "{% endif %}", "{{ 1 + }}", "{% break %}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}",
        "{# open", "{{ x[ }}",
        "{% set 1 = x %}", "{% do x %}", "{% for x in y recursive %}{% endfor %}", "{{ '\\u12' }}", "{{ 0x }}"})
    void whatCannotBeReadOrIsNotThereIsAnErrorThatNamesTheLine(String source) {
        var fault = assertThrows(TemplateException.class, () -> Template.parse("first\n" + source, "chat_template.jinja"));
        assertTrue(fault.getMessage().startsWith("chat_template.jinja, line 2: "), fault.getMessage());
        assertTrue(fault.getMessage().endsWith("."), fault.getMessage());
    }

    @Test
    void faultsAreSaidSoThatTheyCanBeMended() {
        assertEquals("a.jinja, line 2: there is no filter 'shout'.",
                assertThrows(TemplateException.class, () -> Template.parse("x\n{{ 'a'|shout }}", "a.jinja")).getMessage());
        assertEquals("a.jinja, line 3: there is '%}' where an expression is expected.",
                assertThrows(TemplateException.class, () -> Template.parse("\n\n{% if %}", "a.jinja")).getMessage());
        assertEquals("t, line 2 refuses the conversation: no!",
                assertThrows(TemplateException.class, () -> render("\n{{ raise_exception('no!') }}", new Inputs())).getMessage());
        assertEquals("t, line 1: 'x' is not defined.",
                assertThrows(TemplateException.class, () -> render("{{ x.y }}", new Inputs())).getMessage());
    }

    @Test
    void aFunctionThatTheTemplateAsksForFirstMayBeMissing() {
        assertEquals("no", render("{% if clock is defined %}{{ clock() }}{% else %}no{% endif %}", new Inputs()).text());
    }

    // ---- the sandbox ----

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.getClass() }}", "{{ x.getClass().forName('java.lang.Runtime') }}", "{{ x.__class__.__base__ }}",
        "{{ m.stream() }}",
        "{{ ''['getClass']() }}", "{{ namespace().getClass() }}", "{{ raise_exception.call('a') }}", "{{ (1).bitLength() }}",
        "{{ ''|attr('chars')() }}",
        "{{ m.class.name }}", "{{ range.__globals__.x }}", "{{ x.values().iterator() }}", "{{ namespace.__init__() }}"})
    void noJavaMethodIsReachable(String source) {
        var inputs = new Inputs().given("x", json("{\"a\": 1}")).given("m", json("[]"));
        assertThrows(TemplateException.class, () -> render(source, inputs));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{{ 'a' * 9999999999 }}",
        "{{ range(10 ** 12) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = namespace(s='aaaaaaaaaa') %}{% for i in range(99) %}{% set x.s = x.s ~ x.s %}{% endfor %}",
        "{{ [0] * 99999999 * 9999 }}", "{{ 'a'.center(10 ** 15) }}", "{{ 9 ** (9 ** 9) }}",
        "{{ 'x' | indent(10 ** 9) }}{{ ('x\n' * 9999999) | indent(999) }}",
        "{% for i in range(90000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 1000 }}{% endfor %}",
        "{% set x = namespace(s=[1]) %}{% for i in range(99) %}{% set x.s = [x.s, x.s] %}{% endfor %}{{ x.s }}",
        "{% set x = namespace(s=[1]) %}{% for i in range(99) %}{% set x.s = [x.s, x.s] %}{% endfor %}{{ x.s == x.s }}{{ x.s|tojson }}",
        "{% set x = namespace(s=(1,)) %}{% for i in range(99) %}{% set x.s = (x.s, x.s) %}{% endfor %}{{ {x.s: 1} }}",
        "{% set x = namespace(s=[]) %}{% for i in range(999) %}{% set x.s = [x.s] %}{% endfor %}",
        "{% set x = namespace(s=2) %}{% for i in range(99) %}{% set x.s = x.s * x.s %}{% endfor %}",
        "{{ '%9999999999d' % 1 }}{{ '%s' % ('a' * 2 ** 40) }}",
        "{{ ('ab' * 999999).replace('', 'c' * 999999) }}",
        "{% set a = 'a' * 9999999 %}{% for i in range(999) %}{{ (a + 'b') in a }}{% endfor %}",
        "{% set a = 'a' * 999999 %}{{ a.find('a' * 499999 + 'b') }}{{ a.count('a' * 499999 + 'b') }}",
        "{{ ('a ' * 9999999).split()|length }}",
        "{{ [[1] * 100000] * 100000 | sum(start=[]) }}", "{{ 'a'.ljust(2147483647) }}", "{{ 'a'.zfill(2147483647) }}",
        "{{ range(99999)|list|batch(1, 1)|map('list')|list * 999 }}",
        "{% macro a(f) %}{{ f(f) }}{% endmacro %}{{ a(a) }}", "{{ (range(100000)|list|map('string')|join) * 99999 }}",
        "{{ 1.5|tojson(indent=2147483647) ~ [1]|tojson(indent='a' * 99999999) }}",
        "{{ 'a'|truncate(-1) }}{{ x }}{{ y.z }}"})
    void whatAsksForTooMuchIsStopped(String source) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThrows(TemplateException.class, () -> render(source, new Inputs())));
    }

    @Test
    void deepNestingIsAnErrorAndNoOverflow() {
        var sources = List.of("{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}", "{% if x %}".repeat(20_000),
                "{{ " + "-".repeat(50_000) + "1 }}",
                "{{ " + "not ".repeat(50_000) + "1 }}", "{{ " + "[".repeat(50_000) + " }}", "{{ 1" + " + 1".repeat(50_000) + " }}",
                "{{ x" + ".a".repeat(50_000) + " }}",
                "{{ 1" + " if 1 else 1".repeat(50_000) + " }}", "{{ ''" + "|trim".repeat(50_000) + " }}",
                "{{ 1" + " and 1".repeat(50_000) + " }}",
                "{% set " + "(".repeat(50_000) + "x" + ")".repeat(50_000) + " = 1 %}", "{{ 1 is " + "not ".repeat(50_000) + "odd }}",
                "{{ {".repeat(10_000),
                "{{ 1" + "_1".repeat(50_000) + " }}", "{{ x" + "[0]".repeat(50_000) + " }}", "{{ x" + "()".repeat(50_000) + " }}");
        assertAll(sources.stream().<Executable>map(
                source -> () -> assertThrows(TemplateException.class, () -> render(source, new Inputs()), source.substring(0, 30))));
    }

    @Test
    void aSmallStackIsEnough() throws InterruptedException {
        var sources = List.of(
                "{% macro m(x) %}{% if 1 %}{% for a in [1] %}{% filter trim %}{{ [m([x])]|map('first')|join|upper ~ '' }}{% endfilter "
                        + "%}{% endfor %}{% endif %}{% endmacro %}{{ m(1) }}",
                "{{ " + "(1 + ".repeat(95) + "1" + ")".repeat(95) + " }}{{ x" + " + x".repeat(9_999) + " }}",
                "{% if 1 %}".repeat(95) + "{{ [[1]] }}" + "{% endif %}".repeat(95) + "{{ x.y }}",
                "{% set x = namespace(s=[]) %}{% for i in range(190) %}"
                        + "{% set x.s = [{'a': x.s}] if i % 2 else [x.s] %}{% endfor %}{{ x.s }}");
        for (var source : sources) {
            var failed = new AtomicReference<Throwable>();
            var thread = new Thread(null, () -> render(source, new Inputs()), "small", 512 << 10);
            thread.setUncaughtExceptionHandler((t, e) -> failed.set(e));
            thread.start();
            thread.join();
            assertInstanceOf(TemplateException.class, failed.get(), source);
        }
    }

    @Test
    void aLongConversationFits() {
        var messages = JSON.createArrayNode();
        for (int i = 0; i < 2_000; i++)
            messages.addObject().put("role", i % 2 == 0 ? "user" : "assistant").put("content", "word <b> ".repeat(200));
        var text = render(
                "{% for m in messages %}<|{{ m.role }}|>{{ m.content.split('</think>')[-1]|trim|replace('<b>', 'b') }}{{ "
                        + "m.content.split()|length }}{% endfor %}",
                new Inputs().messages("messages", messages)).text();
        assertTrue(text.length() > 2_000 * 1_300, "shorter than what was said");
    }

    // ---- who says what ----

    private static String said(Rendering rendering, Speaker speaker) {
        return rendering.parts().stream().filter(p -> p.speaker() == speaker).map(p -> rendering.text().substring(p.start(), p.end()))
                .collect(Collectors.joining("|"));
    }

    @Test
    void everyCharacterKnowsWhoSaidIt() {
        var messages = json("[{\"role\": \"user\", \"content\": \" one TWO three \"}, {\"role\": \"assistant\", \"content\": \"four\"}]");
        var cases = new String[][] {
            {"[{{ messages[0].content|trim }}]", "one TWO three", "[|]"},
            {"{{ '<' + messages[0].content.strip() + '>' + messages[1]['content'] }}", "one TWO three|four", "<|>"},
            {"{{ messages[0].content.split('TWO')[1].strip() ~ '!' }}", "three", "!"},
            {"{{ messages[0].content.replace('TWO', 'two')|trim }}", "one | three", "two"},
            {"{{ messages|map(attribute='content')|join('+') }}", " one TWO three |four", "+"},
            {"{{ messages[1].content|upper }}{{ messages[1].content[::-1] }}{{ messages[1].content[1:3] }}{{ messages[1].content|title }}",
                "FOURruofouFour", ""},
            {"{{ messages[1]|tojson }}", "\"role\"|\"content\"|\"four\"", "{|: |, |: |}"},
            {"{{ '%s=%s' % ('a', messages[1].content) }}{{ '{}'.format(messages[1].content) }}", "fourfour", "a="},
            {"{% set x %}<{{ messages[1].content }}>{% endset %}{{ x|trim }}", "four", "<|>"},
            {"{% macro m(t) %}({{ t }}){% endmacro %}{{ m(messages[1].content) }}", "four", "(|)"},
            {"{% filter upper %}a{{ messages[1].content }}{% endfilter %}", "FOUR", "A"},
            {"{{ messages[1].content|indent(1, true) }}{{ messages[1].content|e }}", "fourfour", " "},
            {"{{ [messages[1].content] }}", "'four'", "[|]"},
            {"{{ dict(messages[1]).keys()|join }}{{ dict(a=messages[1].content)|join }}", "rolecontent", "a"},
            {"{{ '{:<1}'.format('x') }}{{ ('{:' + messages[1].content[0] + '<3}').format('x') }}", "ff", "xx"},
            {"{{ messages[1].content * 2 }}{{ messages[1].content.center(6, '*') }}", "fourfour|four", "*|*"},
        };
        assertAll(List.of(cases).stream().<Executable>map(c -> () -> {
            var rendering = render(c[0], new Inputs().messages("messages", messages));
            assertEquals(c[1], said(rendering, Speaker.MESSAGE), c[0]);
            assertEquals(c[2], said(rendering, Speaker.TEMPLATE), c[0]);
        }));
    }

    @Test
    void partsTellTheMessageAndCoverTheText() {
        var rendering = render("{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}{% endfor %}{{ x }}",
                new Inputs().own("bos_token", "<s>")
                        .messages("messages",
                                json("[{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]"))
                        .given("x", json("\"<s>\"")));
        assertEquals("<s>user:aassistant:b<s>", rendering.text());
        assertEquals(
                List.of(Speaker.TEMPLATE, Speaker.ROLE, Speaker.TEMPLATE, Speaker.MESSAGE, Speaker.ROLE, Speaker.TEMPLATE, Speaker.MESSAGE,
                        Speaker.GIVEN),
                rendering.parts().stream().map(Part::speaker).toList());
        assertEquals(List.of(0, 1), rendering.parts().stream().filter(p -> p.message() >= 0).map(Part::message).toList());
        var end = 0;
        for (var part : rendering.parts()) {
            assertEquals(end, part.start());
            end = part.end();
        }
        assertEquals(rendering.text().length(), end);
    }

    @Test
    void generationBlocksAreKnownThroughMacrosAndFilters() {
        var template = Template.parse(
                "{% macro said(m) %}{% generation %}{{ m }}.{% endgeneration %}{% endmacro %}{% set all %}a{{ said('b') }}c{% endset %}{{ "
                        + "all|upper }}",
                "t");
        assertTrue(template.marksGeneration());
        var rendering = template.render(new Inputs(), LocalDateTime::now);
        assertEquals("AB.C", rendering.text());
        assertEquals(List.of("B."),
                rendering.parts().stream().filter(Part::generated).map(p -> rendering.text().substring(p.start(), p.end())).toList());
    }

    // ---- damage ----

    @Test
    void damagedTemplatesEndInErrorsOfOurs() throws IOException {
        var random = new SplittableRandom(7);
        var sources = sources();
        var variables = json(
                "{\"n\": 7, \"s\": \"Hello\", \"l\": [3, 1], \"d\": {\"a\": [1, {\"b\": null}]}, \"tools\": [{\"function\": {\"name\": "
                        + "\"f\", \"parameters\": {}}}]}");
        var messages = json(
                "[{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"<think>a</think>Ho\", "
                        + "\"tool_calls\": []}]");
        var pieces = new String[] {"{{", "}}", "{%", "%}", "{#", "#}", "-", "|", ".", "(", ")", "[", "]", "'", "\"", "=", "+", "~", " ",
            "\n", "0", "9", "::-1", "if", "in", "not",
            "*", "**", "%", "/", ",", ":", "loop", "namespace", "range", "s", "l", "d", "n", "messages", "e", "_", "\\", "😀", "{% raw %}",
            "is", "else", "endfor", "|list", "|tojson"};
        var read = 0;
        for (int i = 0; i < 8_000; i++) {
            var source = new StringBuilder(sources.get(random.nextInt(sources.size())));
            for (int k = random.nextInt(5); k >= 0; k--) damage(source, random, pieces, sources);
            try {
                var template = Template.parse(source.toString(), "t");
                read++;
                template.render(new Inputs().given("n", variables.path("n")).given("s", variables.path("s")).given("l", variables.path("l"))
                        .given("d", variables.path("d"))
                        .given("tools", variables.path("tools")).messages("messages", messages), LocalDateTime::now);
            } catch (TemplateException e) {
                assertTrue(e.getMessage().startsWith("t, line "), e.getMessage());
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError(source.toString(), e);
            }
        }
        assertTrue(read > 1_000, "only " + read + " of the damaged templates could be read: the evaluator is not tried enough");
    }

    private static void damage(StringBuilder source, SplittableRandom random, String[] pieces, List<String> others) {
        var at = random.nextInt(source.length() + 1);
        switch (random.nextInt(4)) {
            case 0 -> source.delete(at, Math.min(source.length(), at + 1 + random.nextInt(4)));
            case 1 -> source.insert(at, pieces[random.nextInt(pieces.length)]);
            case 2 -> {
                var other = others.get(random.nextInt(others.size()));
                var from = random.nextInt(other.length());
                source.insert(at, other, from, Math.min(other.length(), from + random.nextInt(12)));
            }
            default -> source.replace(at, Math.min(source.length(), at + 1), pieces[random.nextInt(pieces.length)]);
        }
    }

    private static List<String> sources() throws IOException {
        var sources = new ArrayList<String>();
        try (var in = TemplateTest.class.getResourceAsStream("cases.jsonl")) {
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                var template = JSON.readTree(line).path("template");
                if (template.isTextual() && !template.textValue().isEmpty()) sources.add(template.textValue());
            }
        }
        return sources;
    }

    /** As jinja2 does with StrictUndefined, keep_trailing_newline and without trim_blocks. */
    @Test
    void strictTemplatesKeepLineBreaksAndRefuseWhatIsNotThere() {
        assertEquals("a\n  \nb\n", strict("a\n  {% if true %}\n{% endif %}b\n"));
        assertEquals("a\nb",
                Template.parse("a\n  {% if true %}\n{% endif %}b\n", "a chat").render(new Inputs(), LocalDateTime::now).text());
        assertEquals("no", strict("{{ 'yes' if x is defined else 'no' }}"));
        assertEquals("other", strict("{{ x|default('other') }}"));
        for (var source : new String[] {"{{ x }}", "{% if x %}a{% endif %}", "{% for i in x %}{% endfor %}", "{{ x or 1 }}"}) {
            var fault = assertThrows(TemplateException.class, () -> strict(source), source);
            assertTrue(fault.getMessage().contains("'x' is not defined"), fault.getMessage());
        }
    }

    private static String strict(String source) {
        return Template.parse(source, "a task", TemplateSettings.STRICT).render(new Inputs(), LocalDateTime::now).text();
    }
}
