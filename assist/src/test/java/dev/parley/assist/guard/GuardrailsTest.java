package dev.parley.assist.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.assist.guard.Guardrails.Outcome;
import dev.parley.assist.moderation.Category;
import dev.parley.assist.moderation.Judgement;
import dev.parley.assist.moderation.Moderator;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guardrails topics, moderation, form and length, read from a file's list, and the list itself. */
class GuardrailsTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static Guardrails read(String list, Moderator... guardModel) throws IOException {
        return Guardrails.read(YAML.readTree(list), List.of(guardModel).stream().findFirst());
    }

    private static Outcome input(String list, String text, String language) throws IOException {
        return read(list).run(Stage.INPUT, text, TurnContext.of(language));
    }

    private static String output(String list, String text) throws IOException {
        return read(list).run(Stage.OUTPUT, text, TurnContext.of("en")).text();
    }

    // ---- topics ----

    private static final String BICYCLES = "[{topics: {refuse: ['invest*|stocks|shares ..3 in|advice|tips', 股票], "
            + "allow: [bicycle*|bike*, 自行车, return*|退货], answer: {en: Only bicycles., zh: 只谈自行车。}}}]";

    @ParameterizedTest
    @CsvSource({"Which bicycle suits me?, en, ''", "How do I RETURN it?, en, ''", "自行车怎么保养？, zh, ''",
        "Should I invest my money in a bike?, en, refused",
        "What about sto\u0441ks and tips for bikes?, en, refused", "自行车的股票怎么样？, zh, refused", "Who won the election?, en, not_allowed",
        "今天天气怎么样？, zh, not_allowed"})
    void topicsAreKeptTo(String text, String language, String rule) throws IOException {
        var outcome = input(BICYCLES, text, language);
        assertEquals(!rule.isEmpty(), outcome.ended());
        if (rule.isEmpty()) return;
        assertEquals(rule, outcome.decisions().getFirst().rule());
        assertEquals(language.equals("zh") ? "只谈自行车。" : "Only bicycles.", outcome.text());
    }

    @Test
    void topicsNeedPhrases() {
        for (var wrong : List.of("[topics]", "[{topics: {refuse: politics}}]", "[{topics: {refuse: ['..3 war']}}]",
                "[{topics: {deny: [war]}}]"))
            assertThrows(IllegalArgumentException.class, () -> read(wrong), wrong);
    }

    // ---- moderation ----

    /** Flags what it is told to, and remembers what it was asked. */
    private static final class Scripted implements Moderator {

        private final Map<Category, Double> scores = new EnumMap<>(Category.class);
        private final Map<String, Double> labels;
        private String asked = "";

        Scripted(Category category, double score, Map<String, Double> labels) {
            for (var each : Category.values()) scores.put(each, each == category ? score : 0.1);
            this.labels = labels;
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Judgement judge(String text) {
            asked = text;
            return new Judgement("scripted", scores, labels);
        }

        @Override
        public Judgement judgeAnswer(String message, String answer) {
            return judge(message + " -> " + answer);
        }
    }

    @Test
    void withoutAGuardModelRulesModerate() throws IOException {
        var outcome = input("[moderation]", "I will kill you", "en");
        assertTrue(outcome.ended());
        assertEquals("I cannot help with this.", outcome.text());
        assertEquals("parley-rules-1 flagged the text as harassment.", outcome.decisions().getFirst().reason());
        assertFalse(input("[moderation]", "How do I kill a Linux process?", "en").ended());
        assertEquals("抱歉，这个请求我不能协助。", input("[moderation]", "我要杀了你", "zh").text());
        assertFalse(input("[{moderation: {categories: [sexual, self-harm]}}]", "I will kill you", "en").ended());
    }

    @Test
    void aGuardModelJudgesAnswersWithTheirMessages() throws IOException {
        var guard = new Scripted(Category.ILLICIT, 0.5, Map.of());
        var outcome = read("[moderation]", guard).run(Stage.OUTPUT, "Take a pick.", new TurnContext("en", "", List.of(), "How?"));
        assertEquals("How? -> Take a pick.", guard.asked);
        assertEquals("illicit", outcome.decisions().getFirst().rule());
        assertTrue(outcome.ended());
        assertFalse(
                read("[moderation]", new Scripted(Category.ILLICIT, 0.49, Map.of())).run(Stage.INPUT, "x", TurnContext.of("en")).ended());
    }

    @Test
    void aGuardModelIsAskedLastWhereTheListDoesNotNameIt() throws IOException {
        var guard = new Scripted(Category.SELF_HARM, 0.9, Map.of());
        var guardrails = read("[emergencies, prompt_leak]", guard);
        assertEquals(List.of("emergencies", "prompt_leak", "moderation"), guardrails.names());
        assertEquals("emergencies",
                guardrails.run(Stage.INPUT, "I want to kill myself", TurnContext.of("en")).decisions().getFirst().guardrail());
        assertEquals("", guard.asked);
        assertEquals(List.of("moderation"), read("null", guard).names());
        assertEquals(List.of("moderation", "injection"), read("[moderation, injection]", guard).names());
        assertEquals(List.of("injection"), read("[injection]").names());
    }

    @Test
    void whatOnlyTheGuardModelKnowsCanBeChosen() throws IOException {
        var guard = new Scripted(Category.HATE, 0.1, Map.of("Jailbreak", 0.8, "PII", 0.7));
        assertFalse(read("[moderation]", guard).run(Stage.INPUT, "x", TurnContext.of("en")).ended());
        var outcome = read("[{moderation: {categories: [hate, jailbreak]}}]", guard).run(Stage.INPUT, "x", TurnContext.of("en"));
        assertEquals("jailbreak", outcome.decisions().getFirst().rule());
        var fault = assertThrows(IllegalArgumentException.class, () -> read("[{moderation: {categories: [hatred]}}]"));
        assertTrue(fault.getMessage().contains("Jailbreak") && fault.getMessage().contains("S14"), fault.getMessage());
    }

    // ---- form and length ----

    @Test
    void anAnswerThatIsNoJsonIsWithheld() throws IOException {
        var form = "[{form: {kind: json}}]";
        for (var json : List.of("{\"a\": [1, 2]}", "[]", " 3 ", "\"text\"")) assertEquals(json, output(form, json));
        assertEquals("{\"a\": 1}", output(form, "```json\n{\"a\": 1}\n```"));
        for (var wrong : List.of("{\"a\": 1", "{\"a\": 1} and more", "Sure! {\"a\": 1}", "", "{'a': 1}", "```json\n{\"a\": \n```"))
            assertEquals("The answer came out in the wrong form. Please try again.", output(form, wrong), wrong);
    }

    @Test
    void markdownIsTakenFromPlainText() throws IOException {
        var form = "[{form: {kind: plain}}]";
        assertEquals("Title\none two\nfirst\n  second\ncode\nSee the page.\nSaid he.\n",
                output(form,
                        "## Title\n**one** *two*\n- first\n  * second\n```java\ncode\n```\nSee [the page](https://x.example).\n"
                                + "---\n> Said he.\n"));
        for (var plain : List.of("2 * 3 * 4 = 24", "a - b", "# of items?".substring(2), "snake_case and x_y_z", "-5 degrees", "3 > 2"))
            assertEquals(plain, output(form, plain));
        assertThrows(IllegalArgumentException.class, () -> read("[{form: {kind: xml}}]"));
        assertThrows(IllegalArgumentException.class, () -> read("[form]"));
    }

    @Test
    void aLongAnswerEndsAfterTheLastSentenceThatFits() throws IOException {
        var length = "[{length: {characters: 20}}]";
        assertEquals("Exactly twenty here.", output(length, "Exactly twenty here."));
        assertEquals("One. Two.", output(length, "One. Two. Three is too long."));
        assertEquals("第一句。第二句。", output("[{length: {characters: 10}}]", "第一句。第二句。第三句太长。"));
        assertEquals("😀".repeat(20) + "…", output(length, "😀".repeat(21)));
        assertEquals("Version 2.5 is out.", output(length, "Version 2.5 is out. It is better."));
        assertThrows(IllegalArgumentException.class, () -> read("[{length: {characters: 0}}]"));
    }

    // ---- the list ----

    @Test
    void eachSeesTheTextAsThoseBeforeLeftItAndTheFirstThatAnswersEndsTheTurn() throws IOException {
        var guardrails = read("[private_data, {length: {characters: 30}}, {form: {kind: json}}, prompt_leak]");
        var outcome = guardrails.run(Stage.OUTPUT, "Write to ada@mail.example. And more follows here.", TurnContext.of("en"));
        assertTrue(outcome.ended());
        assertEquals(List.of("private_data", "length", "form"), outcome.decisions().stream().map(Decision::guardrail).toList());
        assertEquals(List.of("changed", "changed", "ended"), outcome.decisions().stream().map(d -> d.action().label()).toList());
    }

    @Test
    void aListThatNamesNothingKnownIsRefused() {
        for (var wrong : List.of("emergencies", "[sirens]", "[{injection: {strict: true}}]", "[{topics: 3}]", "[[injection]]"))
            assertThrows(IllegalArgumentException.class, () -> read(wrong), wrong);
        assertEquals(Optional.empty(), Guardrails.NONE.names().stream().findFirst());
    }
}
