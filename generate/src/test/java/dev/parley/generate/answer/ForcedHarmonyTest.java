package dev.parley.generate.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.Generator;
import dev.parley.generate.Script;
import dev.parley.generate.answer.AnswerForm.Calls;
import dev.parley.generate.answer.AnswerForm.Use;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.generate.tools.Tool;
import dev.parley.grammar.Grammar;
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
import org.junit.jupiter.api.Test;

/** A model of random weights that must write harmony: what it thinks is free, what it calls keeps the schema. */
class ForcedHarmonyTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokenizer TOKENIZER = BpeTrainer.of(420)
            .withSpecialTokens(
                    Stream.concat(Stream.of("<|return|>", "<|call|>"), new HarmonyFormat().marks().stream()).toArray(String[]::new))
            .train(List.of("analysis commentary final assistant to=functions.book json {\"days\": 3, \"city\": \"Oslo\"} [true]")
                    .iterator());

    private static Tool tool() throws Exception {
        return new Tool("book", JSON.readValue("""
                {"type": "function", "function": {"name": "book", "parameters": {"type": "object", "properties": {"city": {"enum": ["Oslo", "Bern"]},
                 "days": {"type": "integer", "minimum": 1, "maximum": 30}, "late": {"type": "boolean"}}, "required": ["city", "days"],
                 "additionalProperties": false}}}""", ObjectNode.class), true);
    }

    private static void assertObeys(String arguments) throws Exception {
        JsonNode json = JSON.readTree(arguments);
        assertTrue(List.of("Oslo", "Bern").contains(json.path("city").asText()), arguments);
        assertTrue(json.path("days").isInt() && json.path("days").asInt() >= 1 && json.path("days").asInt() <= 30, arguments);
        assertTrue(json.path("late").isMissingNode() || json.path("late").isBoolean(), arguments);
        for (var field : json.properties()) assertTrue(List.of("city", "days", "late").contains(field.getKey()), arguments);
    }

    private static final class Told implements AnswerReader.Listener {

        private final StringBuilder thoughts = new StringBuilder(), text = new StringBuilder(), arguments = new StringBuilder();
        private final List<String> names = new ArrayList<>();

        @Override
        public void onThought(String piece) {
            thoughts.append(piece);
        }

        @Override
        public void onText(String piece) {
            text.append(piece);
        }

        @Override
        public void onCall(int index, String name) {
            names.add(name);
        }

        @Override
        public void onArguments(int index, String piece) {
            arguments.append(piece);
        }
    }

    private interface Check {
        void accept(Told told) throws Exception;
    }

    private static void answers(int wanted, Optional<Calls> calls, Optional<Grammar> text, Check check) throws Exception {
        var form = AnswerForm.of(TOKENIZER, ChatTemplate.parse(CallingTemplates.HARMONY, "harmony"), new int[] {0}, calls);
        var endOfThoughts = TOKENIZER.idOf("<|end|>").orElseThrow(); // else they would be as long as there is room
        var end = TOKENIZER.idOf("<|return|>").orElseThrow();
        try (CausalLM model = RandomModels.load(ModelConfig.gpt2(TOKENIZER.vocabSize(), 1024, 32, 1, 2), 3)) {
            int whole = 0, thought = 0;
            for (int seed = 0; whole < wanted; seed++) {
                var settings = GenerationConfig.builder().temperature(1.5).seed(seed).maxNewTokens(250).numReturnSequences(50)
                        .eosTokenIds(List.of(end)).sequenceBias(Map.of(List.of(endOfThoughts), 5.0)).build();
                for (var answer : new Generator(model, TOKENIZER).generate(List.of(new int[] {end}),
                        form.config(settings, form.grammar(text)))) {
                    if (answer.finishReason() != FinishReason.STOP) continue; // it thinks too long
                    var told = new Told();
                    var reader = new AnswerReader(form, told);
                    reader.push(answer.ids(), answer.text());
                    reader.finish(answer.finishReason());
                    check.accept(told);
                    if (!told.thoughts.isEmpty()) {
                        thought++;
                        assertTrue(reader.thoughtTokens() > 3);
                    }
                    whole++;
                }
                assertTrue(seed < 20, "too many were cut off: " + whole + " were whole");
            }
            assertTrue(thought > 0, "some think first");
        }
    }

    @Test
    void everyForcedCallKeepsTheSchemaOfItsFunction() throws Exception {
        answers(200, Optional.of(new Calls(List.of(tool()), List.of(tool()), true, Use.ALWAYS)), Optional.empty(), told -> {
            assertEquals(List.of("book"), told.names);
            assertEquals("", told.text.toString());
            assertObeys(told.arguments.toString());
        });
    }

    @Test
    void whatIsCalledFreelyKeepsItToo() throws Exception {
        var called = new int[1];
        answers(60, Optional.of(new Calls(List.of(tool()), List.of(tool()), true, Use.AS_IT_LIKES)), Optional.empty(), told -> {
            if (!told.names.isEmpty()) assertObeys(told.arguments.toString());
            called[0] += told.names.size();
        });
        assertTrue(called[0] > 5, called[0] + " calls");
    }

    /** With biases towards them, thoughts would begin again and again. */
    @Test
    void aBudgetEndsThoughtsForGood() throws Exception {
        var form = AnswerForm.of(TOKENIZER, ChatTemplate.parse(CallingTemplates.HARMONY, "harmony"), new int[] {0}, Optional.empty());
        var thinker = TOKENIZER.withChatTemplate(ChatTemplate.parse(CallingTemplates.HARMONY, "harmony"), "<|return|>");
        var end = TOKENIZER.idOf("<|return|>").orElseThrow();
        var prompt = TOKENIZER.encodeWithSpecialTokens("<|end|><|start|>assistant");
        var script = Script.beginning(prompt, TOKENIZER, "<|channel|>analysis<|message|>I think of it. I think of it. I think of it.");
        try (CausalLM model = RandomModels.load(ModelConfig.gpt2(TOKENIZER.vocabSize(), 1024, 32, 1, 2), 3)) {
            for (var budget : List.of(0, 3, 9)) {
                var settings = GenerationConfig.builder().temperature(1).seed(1).maxNewTokens(150).thinkingBudget(budget)
                        .sequenceBias(script)
                        .eosTokenIds(List.of(end)).build();
                var answer = new Generator(model, thinker).generate(List.of(prompt), form.config(settings, Optional.empty())).getFirst();
                var told = new Told();
                var reader = new AnswerReader(form, told);
                reader.push(answer.ids(), answer.text());
                reader.finish(answer.finishReason());
                assertEquals(budget > 0, told.thoughts.toString().contains("I have used up"), answer.text());
                assertTrue(answer.text().contains("<|end|><|start|>assistant<|channel|>") && answer.text().indexOf("<|channel|>analysis",
                        answer.text().indexOf("<|end|>")) < 0, answer.text());
                assertTrue(told.thoughts.length() < 200, told.thoughts.toString());
            }
        }
    }

    @Test
    void structuredOutputIsTheFinalMessage() throws Exception {
        var schema = Grammar
                .ofJsonSchema("{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}, \"required\": [\"n\"]}");
        answers(60, Optional.empty(), Optional.of(schema), told -> {
            assertTrue(JSON.readTree(told.text.toString()).path("n").isIntegralNumber(), told.text.toString());
            assertEquals(List.of(), told.names);
        });
    }
}
