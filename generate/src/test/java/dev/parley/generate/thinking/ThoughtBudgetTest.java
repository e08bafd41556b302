package dev.parley.generate.thinking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.Generator;
import dev.parley.generate.Script;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.grammar.Grammar;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of random weights, which would think for ever. */
class ThoughtBudgetTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.parse("{{ messages[0].content }}{# <think></think> #}", "thinker");
    private static Tokenizer tokenizer;
    private static CausalLM model;

    @BeforeAll
    static void randomModel() {
        tokenizer = BpeTrainer.of(400).withSpecialTokens("<|end|>")
                .train(List.of("Two and two 中文 is it? <think>\n so </think> so").iterator())
                .withChatTemplate(TEMPLATE, "<|end|>");
        model = RandomModels.load(ModelConfig.gpt2(tokenizer.vocabSize(), 512, 32, 2, 2), 3);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static GenerationConfigBuilder config(int budget) {
        return GenerationConfig.builder().temperature(1).seed(4).maxNewTokens(budget + 150).thinkingBudget(budget);
    }

    private static Completion answer(String prompt, GenerationConfig config) {
        return new Generator(model, tokenizer).generate(List.of(tokenizer.encode(prompt)), config).getFirst();
    }

    private static String said(Completion answer, int from) {
        return tokenizer.decode(Arrays.copyOfRange(answer.ids(), from, answer.ids().length), false);
    }

    /** Tokens that make no whole character may go on for a few more. */
    private static int endOfThought(Completion answer, int budget, String prompt, GenerationConfig config) {
        var free = answer(prompt, config.toBuilder().thinkingBudget(-1).build());
        var same = Arrays.mismatch(answer.ids(), free.ids());
        assertTrue(same >= budget && same <= budget + 8, same + " tokens were thought, and " + budget + " allowed");
        return same;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void thoughtsThatThePromptOpensEndWhenTheirTokensAreUsedUp(int budget) {
        var config = config(budget).build();
        var answer = answer("Two? <think>\n", config);
        var rest = said(answer, endOfThought(answer, budget, "Two? <think>\n", config));
        assertTrue(rest.startsWith("\n\nI have used up") && rest.contains("I know.\n</think>\n\n"), rest);
        assertTrue(rest.length() > rest.indexOf("</think>\n\n") + 20, "the answer follows: " + rest);
    }

    @Test
    void withoutABudgetItAnswersAtOnce() {
        assertTrue(answer("Two? <think>\n", config(0).build()).text().startsWith("\n</think>\n\n"));
    }

    @Test
    void thoughtsThatTheModelOpensItselfAreCountedFromTheirTagOn() {
        var prompt = tokenizer.encode("Two? ");
        var script = Script.beginning(prompt, tokenizer, "<think>\n");
        var answer = answer("Two? ", config(0).sequenceBias(script).build());
        assertTrue(answer.text().startsWith("<think>\n\n</think>\n\n") || answer.text().startsWith("<think>\n\n\n</think>\n\n"),
                answer.text());
        var later = answer("Two? ", config(20).sequenceBias(script).build());
        var tag = tokenizer.encode("<think>").length;
        var ended = said(later, tag + 20);
        assertTrue(ended.indexOf("\n\nI have used up") <= 8 && ended.contains("used up"), later.text());
    }

    @Test
    void whatIsNoThoughtIsNotCut() {
        var config = config(5).build();
        assertArrayEquals(answer("Two? ", config.toBuilder().thinkingBudget(-1).build()).ids(), answer("Two? ", config).ids());
        var closed = "Two? <think>\n\n</think>\n\n";
        assertArrayEquals(answer(closed, config.toBuilder().thinkingBudget(-1).build()).ids(), answer(closed, config).ids());
        var script = Script.beginning(tokenizer.encode("Two? <think>\n"), tokenizer, "so\n</think>\n\nIs it? ");
        var scripted = config(30).sequenceBias(script).build();
        assertFalse(answer("Two? <think>\n", scripted).text().contains("used up"));
    }

    @Test
    void aGrammarHoldsTheAnswerAndNotTheThoughts() {
        var prompt = tokenizer.encode("Two? <think>\n");
        var form = AnswerForm.of(tokenizer, TEMPLATE, prompt, Optional.empty());
        var text = form.grammar(Optional.of(Grammar.ofChoice(List.of("two", "four"))));
        for (var budget : List.of(0, 3, 30)) {
            for (int seed = 0; seed < 5; seed++) {
                var answer = answer("Two? <think>\n", form.config(config(budget).seed(seed).build(), text)).text();
                var said = answer.substring(answer.indexOf("</think>") + "</think>".length()).strip();
                assertTrue(List.of("two", "four").contains(said), answer);
                assertEquals(budget > 0, answer.contains("used up"), answer);
            }
        }
    }

    @Test
    void inHarmonyTheAnalysisEndsAndAnotherMessageFollows() {
        var marks = Stream.concat(ToolFormat.HARMONY.marks().stream(), HarmonyFormat.ENDS_OF_ANSWER.stream()).toArray(String[]::new);
        var template = ChatTemplate.parse(CallingTemplates.BY_FORMAT.get("harmony"), "harmony");
        var harmony = BpeTrainer.of(400).withSpecialTokens(marks).train(List.of("analysis final commentary Two and two is four").iterator())
                .withChatTemplate(template, HarmonyFormat.RETURN);
        var prompt = harmony.encodeWithSpecialTokens("<|start|>assistant");
        var form = AnswerForm.of(harmony, template, prompt, Optional.empty());
        var script = Script.beginning(prompt, harmony, "<|channel|>analysis<|message|>");
        try (var other = RandomModels.load(ModelConfig.gpt2(harmony.vocabSize(), 512, 32, 2, 2), 3)) {
            for (var budget : List.of(0, 10)) {
                var config = config(budget).sequenceBias(script).eosTokenIds(List.of(harmony.idOf(HarmonyFormat.RETURN).orElseThrow()));
                var grammar = form.grammar(Optional.of(Grammar.ofChoice(List.of("two", "four"))));
                var answer = new Generator(other, harmony).generate(List.of(prompt), form.config(config.build(), grammar)).getFirst();
                assertTrue(List.of("two", "four").contains(AnswerReader.text(form, answer)), answer.text());
                var sentence = budget == 0 ? "<|message|>" : "what I know.";
                assertTrue(answer.text().contains(sentence + "<|end|><|start|>assistant<|channel|>final<|message|>"), answer.text());
                var free = new Generator(other, harmony).generate(List.of(prompt), form.config(config.build(), Optional.empty()))
                        .getFirst();
                var after = free.text()
                        .substring(free.text().indexOf("<|start|>assistant<|channel|>") + "<|start|>assistant<|channel|>".length());
                assertFalse(after.startsWith("a"), free.text());
            }
        }
    }

    @Test
    void beamsAndDraftsAndASequenceThatIsReadAgainAreCutAlike() {
        var config = config(12).temperature(0).build();
        var plain = answer("Two? <think>\n", config).ids();
        assertArrayEquals(plain, answer("Two? <think>\n", config.toBuilder().useCache(false).build()).ids());
        assertArrayEquals(plain, answer("Two? <think>\n", config.toBuilder().promptLookupNumTokens(4).build()).ids());
        var beams = answer("Two? <think>\n", config.toBuilder().numBeams(3).build());
        assertTrue(beams.text().contains("used up") && beams.text().indexOf("</think>") > 0, beams.text());
        var batch = new Generator(model, tokenizer).generate(List.of(tokenizer.encode("so so"), tokenizer.encode("Two? <think>\n")),
                config);
        assertArrayEquals(plain, batch.get(1).ids());
    }
}
