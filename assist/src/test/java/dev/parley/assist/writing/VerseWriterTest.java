package dev.parley.assist.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random weights write nonsense; the forms hold all the same. */
class VerseWriterTest {

    private static final Tokenizer TOKENIZER = BpeTrainer.of(400).train(List.of(
            "The moon is over the river, and the people are asleep. Nobody is walking on the mountain tonight; the water is quiet.",
            "床前明月光，疑是地上霜。举头望明月，低头思故乡。").iterator());
    private static final CausalLM MODEL = RandomModels.load(ModelConfig.gpt2(TOKENIZER.vocabSize(), 640, 16, 1, 2), 3);

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static List<Poem> write(String form, int count, long seed) {
        var config = GenerationConfig.builder().temperature(1).seed(seed).build();
        return new VerseWriter(MODEL, TOKENIZER, config).write(VerseForm.named(form), "月", count, () -> false);
    }

    /** Counted here by characters alone, not by the form's own count. */
    @ParameterizedTest
    @CsvSource({"五言绝句, 5, 4, 4", "七言绝句, 7, 4, 1", "五言律诗, 5, 8, 1", "七言律诗, 7, 8, 1"})
    void chineseFormsAreKeptForTwoHundredSeeds(String form, int characters, int lines, int batches) {
        for (int batch = 0; batch < batches; batch++) {
            var poems = write(form, 50, batch);
            assertEquals(50, poems.size());
            for (var poem : poems) {
                var given = poem.text().split("\n", -1);
                assertEquals(lines, given.length, poem.text());
                for (var line : given) {
                    assertEquals(characters + 1, line.codePointCount(0, line.length()), poem.text());
                    assertTrue(line.substring(0, line.length() - 1).codePoints()
                            .allMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN), line);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"haiku", "limerick"})
    void englishFormsAreKeptForTwoHundredSeeds(String form) {
        var lines = VerseForm.named(form).lines();
        for (int batch = 0; batch < 4; batch++) {
            var poems = write(form, 50, batch);
            assertEquals(50, poems.size());
            for (var poem : poems) assertEquals(lines, poem.text().lines().map(Syllables::of).toList(), poem.text());
        }
    }

    /** The scores are computed anew, by the model's plain forward pass over prompt and poem. */
    @Test
    void bestIsThatWithTheHighestScoreByTheModelAlone() {
        var poems = write("五言绝句", 8, 11);
        assertEquals(8, poems.size());
        var prompt = TOKENIZER.encodeForModel(VerseForm.named("五言绝句").prompt("月") + "\n\n");
        var scores = poems.stream().map(poem -> mean(prompt, poem)).toList();
        for (int i = 0; i < poems.size(); i++)
            assertEquals(scores.get(i), poems.get(i).meanLogprob(), 1e-4, "float32 sums in another order");
        assertEquals(scores.getFirst(), scores.stream().max(Comparator.naturalOrder()).orElseThrow(), 1e-4);
        assertTrue(poems.getFirst().meanLogprob() > poems.getLast().meanLogprob());
    }

    private static double mean(int[] prompt, Poem poem) {
        var all = Arrays.copyOf(prompt, prompt.length + poem.ids().size());
        for (int i = 0; i < poem.ids().size(); i++) all[prompt.length + i] = poem.ids().get(i);
        var logprobs = MODEL.tokenLogprobs(new int[][] {all})[0]; // of the tokens from the second on
        return Arrays.stream(logprobs).skip(prompt.length - 1).average().orElseThrow();
    }
}
