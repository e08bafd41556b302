package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.StopStrings;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.RandomModels;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    private static final GenerationConfig GREEDY = GenerationConfig.DEFAULT.withMaxNewTokens(24);

    @Test
    void greedyContinuationsAgreeWithTheGoldenData() throws Exception {
        var golden = Golden.folder("gpt2-tiny");
        var rows = Golden.expected(golden).path("greedy").path("rows");
        var prompts = new ArrayList<int[]>();
        for (var row : rows) prompts.add(Golden.ints(row.path("prompt_ids")));
        try (var model = CausalLM.fromPretrained(golden, DType.FLOAT32)) {
            for (var useCache : new boolean[] {true, false}) {
                var together = new Generator(model).generate(prompts, GREEDY.toBuilder().useCache(useCache).build());
                for (int r = 0; r < prompts.size(); r++) {
                    assertArrayEquals(Golden.ints(rows.get(r).path("ids")), together.get(r).ids());
                    assertEquals(FinishReason.LENGTH, together.get(r).finishReason());
                    var alone = new Generator(model).generate(List.of(prompts.get(r)), GREEDY.toBuilder().useCache(useCache).build())
                            .getFirst();
                    assertArrayEquals(alone.ids(), together.get(r).ids());
                }
            }
        }
    }

    @Test
    void sampledTextDependsOnTheSeedAndOnNothingElse() {
        var config = GenerationConfig.DEFAULT.withMaxNewTokens(20).withSampling(1.2, 30, 0.95, 0.01).withSeed(5);
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 64, 32, 2, 2), 3)) {
            var generator = new Generator(model);
            var prompt = new int[] {4, 8, 15};
            var first = generator.generate(List.of(prompt), config).getFirst();
            assertArrayEquals(first.ids(), generator.generate(List.of(prompt), config).getFirst().ids());
            assertArrayEquals(first.ids(),
                    generator.generate(List.of(prompt), config.toBuilder().useCache(false).build()).getFirst().ids());
            var batch = generator.generate(List.of(prompt, new int[] {1, 2, 3, 4, 5, 6, 7}), config);
            assertArrayEquals(first.ids(), batch.getFirst().ids());
            assertTrue(!Arrays.equals(first.ids(), generator.generate(List.of(prompt), config.withSeed(6)).getFirst().ids()));
        }
    }

    @Test
    void anEndTokenEndsOneRowAndNotTheOthers() {
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 64, 32, 2, 2), 3)) {
            var generator = new Generator(model);
            var prompts = List.of(new int[] {4, 8, 15}, new int[] {16, 23, 42, 7, 9});
            var free = generator.generate(prompts, GREEDY);
            var end = free.getFirst().ids()[5];
            var stopped = generator.generate(prompts, GREEDY.withStops(List.of(end), List.of()));
            var first = stopped.getFirst().ids();
            assertEquals(end, first[first.length - 1]);
            assertEquals(FinishReason.STOP, stopped.getFirst().finishReason());
            assertArrayEquals(Arrays.copyOf(free.get(1).ids(), stopped.get(1).ids().length), stopped.get(1).ids());
            assertEquals(24,
                    generator.generate(prompts, GREEDY.withStops(List.of(end), List.of()).withIgnoreEos(true)).getFirst().ids().length);
        }
    }

    @Test
    void aPromptLongerThanTheContextIsAnErrorThatNamesBothNumbers() {
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 16, 32, 1, 2), 3)) {
            var fault = assertThrows(ModelException.class, () -> new Generator(model).generate(List.of(new int[17]), GREEDY));
            assertTrue(fault.getMessage().contains("17") && fault.getMessage().contains("16"), fault.getMessage());
            var atTheEnd = new Generator(model).generate(List.of(new int[10]), GREEDY).getFirst();
            assertEquals(6, atTheEnd.ids().length);
            assertEquals(FinishReason.LENGTH, atTheEnd.finishReason());
        }
    }

    @Test
    void streamedTextIsTheTextAndStopStringsNeverShow() {
        var tokenizer = BpeTrainer.of(300).train(List.of("the cat sat on the mat, 你好 the end").iterator());
        try (var model = RandomModels.load(ModelConfig.gpt2(tokenizer.vocabSize(), 64, 32, 2, 2), 3)) {
            var generator = new Generator(model, tokenizer);
            for (int seed = 0; seed < 20; seed++) {
                var config = GenerationConfig.DEFAULT.withMaxNewTokens(40).withSampling(1.5, 0, 1, 0).withSeed(seed);
                var whole = generator.generate("the cat", config);
                assertEquals(tokenizer.decode(whole.ids(), true), whole.text());
                var cut = whole.text().length() / 2;
                var stop = whole.text().substring(cut, Math.min(whole.text().length(), cut + 3));
                var pieces = new ArrayList<String>();
                var stopped = generator.stream(tokenizer.encode("the cat"), config.withStops(List.of(), List.of(stop)), pieces::add,
                        () -> false);
                assertEquals(whole.text().substring(0, whole.text().indexOf(stop)), stopped.text());
                assertEquals(stopped.text(), String.join("", pieces));
                assertEquals(FinishReason.STOP, stopped.finishReason());
                assertEquals(Optional.of(stop), stopped.stopString());
                assertEquals(Optional.empty(), whole.stopString());
            }
        }
    }

    @Test
    void stopStringsAreFoundHoweverTheTextIsCut() {
        var random = new SplittableRandom(9);
        for (int n = 0; n < 2000; n++) {
            var text = letters(random, 30);
            var stops = List.of(letters(random, 1 + random.nextInt(4)), letters(random, 1 + random.nextInt(4)));
            var shown = new StringBuilder();
            var watch = new StopStrings(stops);
            for (int at = 0; at < text.length();) {
                var end = Math.min(text.length(), at + 1 + random.nextInt(5));
                shown.append(watch.push(text.substring(at, end)));
                at = end;
            }
            shown.append(watch.finish());
            var firstEnd = stops.stream().filter(text::contains).mapToInt(s -> text.indexOf(s) + s.length()).min();
            var longest = stops.stream().filter(s -> firstEnd.isPresent() && text.substring(0, firstEnd.getAsInt()).endsWith(s))
                    .mapToInt(String::length).max().orElse(0);
            assertEquals(text.substring(0, firstEnd.orElse(text.length()) - longest), shown.toString(), text + " " + stops);
        }
    }

    private static String letters(SplittableRandom random, int n) {
        var text = new StringBuilder();
        for (int i = 0; i < n; i++) text.append((char) ('a' + random.nextInt(3)));
        return text.toString();
    }

    @Test
    void twoThousandDecodeStepsLeaveNoNativeMemory() {
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 64, 16, 1, 2), 3, Backend.TORCH)) {
            var generator = new Generator(model);
            generator.generate(List.of(new int[] {1}), GREEDY);
            var before = Engine.liveNativeObjects();
            for (int i = 0; i < 84; i++) generator.generate(List.of(new int[] {1}), GREEDY);
            assertEquals(before, Engine.liveNativeObjects());
        }
    }

    @Test
    void cancellingEndsAtOnce() {
        try (var model = RandomModels.load(ModelConfig.gpt2(60, 64, 16, 1, 2), 3)) {
            var steps = new int[1];
            var answer = new Generator(model).stream(new int[] {1}, GREEDY, t -> {}, () -> ++steps[0] > 4);
            assertEquals(4, answer.ids().length);
            assertEquals(FinishReason.CANCELLED, answer.finishReason());
        }
    }
}
