package dev.parley.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.ChatSeeds;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.torch.TrainableLM;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvalTest {

    @Test
    void aTextWithinTheContextIsScoredAsTheModelScoresIt() {
        try (var model = TrainableLM.create(ModelConfig.gpt2(50, 32, 16, 2, 2), 1)) {
            model.computeIn(DType.FLOAT32);
            var ids = new SplittableRandom(1).ints(30, 0, 50).toArray();
            assertArrayEquals(model.tokenLogprobs(new int[][] {ids})[0], Likelihood.of(model, Optional.empty(), ids).logprobs());
        }
    }

    @Test
    void aLongTextIsScoredTokenByTokenWithAtLeastHalfAContext() {
        try (var model = TrainableLM.create(ModelConfig.gpt2(50, 32, 16, 2, 2), 1)) {
            model.computeIn(DType.FLOAT32);
            for (var length : new int[] {33, 48, 49, 64, 100, 101}) {
                var ids = new SplittableRandom(length).ints(length, 0, 50).toArray();
                var likelihood = Likelihood.of(model, Optional.empty(), ids);
                assertEquals(length - 1, likelihood.logprobs().length);
                var first = model.tokenLogprobs(new int[][] {Arrays.copyOf(ids, 32)})[0];
                assertArrayEquals(first, Arrays.copyOf(likelihood.logprobs(), 31), 1e-6);
                var last = model.tokenLogprobs(new int[][] {Arrays.copyOfRange(ids, length - 32, length)})[0];
                assertEquals(last[30], likelihood.logprobs()[length - 2], 1e-5);
                assertEquals(Math.exp(likelihood.nll() / (length - 1)), likelihood.perplexity(), 1e-9);
            }
        }
    }

    @Test
    void bigramProbabilitiesSumToOneAndFollowCounts() {
        var random = new SplittableRandom(3);
        var baseline = new BigramBaseline(20, 0, List.of(random.ints(500, 0, 15).toArray(), new int[] {7, 8, 7, 8, 7, 8}));
        for (int previous = 0; previous < 20; previous++) {
            var sum = 0.0;
            for (int id = 0; id < 20; id++) sum += baseline.probability(previous, id);
            assertEquals(1, sum, 1e-9);
        }
        var pairs = new BigramBaseline(20, 0, List.of(new int[] {7, 8, 7, 8, 7, 8}));
        assertTrue(pairs.probability(7, 8) > 0.7 && pairs.probability(7, 9) < 0.05); // 3/4 · 1 + 1/4 · 4/26, Witten and Bell
    }

    @Test
    void bitsPerByteOfAUniformModelIsTheLogOfItsVocabulary() {
        var texts = List.of("some plain text to measure", "and a little more of it", "third");
        var tokenizer = BpeTrainer.of(258).train(texts.iterator());
        try (var model = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 64, 16, 1, 2), 1)) {
            model.computeIn(DType.FLOAT32);
            model.parameters().get("transformer.wte.weight").value().fillInPlace(0); // every score is 0
            var score = BitsPerByte.of(model, tokenizer, 0, texts);
            var tokens = texts.stream().mapToInt(t -> tokenizer.encode(t).length).sum();
            var bytes = texts.stream().mapToInt(String::length).sum();
            assertEquals(tokens * Math.log(tokenizer.vocabSize()) / Math.log(2) / bytes, score.value(), 1e-5); // float32
            assertEquals(3, score.n());
        }
    }

    @Test
    void anAnswerBelongsToTheTopicThatItIsMostLike() {
        var topics = ChatSeeds.load();
        var judge = new TopicJudge(topics);
        for (var topic : topics) {
            assertTrue(judge.isOf(topic, topic.answers().getFirst()), topic.id());
            assertFalse(judge.isOf(topic, "") || judge.isOf(topic, "something else entirely"));
        }
    }

    @Test
    void aProportionsErrorReachesToTheEndOfWilsonsIntervalAndIsNeverZero() {
        for (var n : new int[] {1, 10, 40, 200}) {
            for (int right = 0; right <= n; right++) {
                var score = Score.proportion(right, n);
                // The ends of the interval are where |p - right/n| is one standard error of p itself (Wilson 1927): solved by halving.
                var lower = right == 0 ? 0 : end(n, score.value(), 0);
                var upper = right == n ? 1 : end(n, score.value(), 1);
                assertEquals(Math.max(score.value() - lower, upper - score.value()), score.stderr(), 1e-9, right + " of " + n);
                assertTrue(score.stderr() > 0);
            }
        }
        assertEquals(Math.sqrt(0.9 * 0.1 / 200), Score.proportion(180, 200).stderr(), 0.003); // for many cases the plain one
    }

    private static double end(int n, double value, double outside) {
        double in = value, out = outside;
        for (int i = 0; i < 100; i++) {
            var p = (in + out) / 2;
            if (Math.abs(p - value) <= Math.sqrt(p * (1 - p) / n)) in = p;
            else out = p;
        }
        return in;
    }
}
