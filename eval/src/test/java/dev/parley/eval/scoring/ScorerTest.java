package dev.parley.eval.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.WeightType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {

    private static CausalLM model(String name, Backend backend) {
        return CausalLM.fromPretrained(Golden.folder(name), WeightType.FLOAT32, DType.FLOAT32, backend);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "qwen3-tiny", "mistral-tiny"})
    void scoresEqualThoseOfAnIndependentImplementation(String name) throws IOException {
        var expected = Golden.expected(Golden.folder(name)).path("continuation");
        try (var model = model(name, Backend.AUTO); var scorer = Scorer.of(model)) {
            var asked = new Continuation(Golden.ints(expected.path("prompt_ids")), Golden.ints(expected.path("continuation_ids")));
            var scores = scorer.logprobs(List.of(asked)).getFirst();
            for (int i = 0; i < asked.ids().length; i++)
                assertEquals(expected.path("logprobs").get(i).asDouble(), scores.logprobs()[i], 2e-4); // float32 against float64
            assertEquals(expected.path("sum").asDouble(), scores.sum(), 5e-4);
            assertEquals(expected.path("is_greedy").asBoolean(), scores.isGreedy());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA", "TORCH"})
    void manyTogetherScoreAsEachAlone(Backend backend) {
        try (var model = model("gpt2-tiny", backend); var scorer = Scorer.of(model)) {
            var asked = new ArrayList<Continuation>();
            var random = new SplittableRandom(1);
            var examples = random.ints(40, 0, 96).toArray();
            for (int i = 0; i < 300; i++) {
                var shared = Arrays.copyOf(examples, random.nextInt(1, 41));
                var own = random.ints(random.nextInt(0, 4), 0, 3).toArray(); // few tokens, so that beginnings are often alike
                var context = Arrays.copyOf(shared, shared.length + own.length);
                System.arraycopy(own, 0, context, shared.length, own.length);
                asked.add(new Continuation(context, random.ints(random.nextInt(1, 40), 0, 4).toArray()));
            }
            asked.add(asked.getFirst());
            asked.add(new Continuation(new int[] {5}, Arrays.copyOf(asked.get(1).ids(), 1)));
            var scores = scorer.logprobs(asked);
            for (int i = 0; i < asked.size(); i++) assertAlone(model, asked.get(i), scores.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "qwen3-tiny", "mistral-tiny"})
    void treesInOnePassScoreAsEdgesOneAfterTheOther(String name) {
        try (var model = model(name, Backend.TORCH); var java = model(name, Backend.JAVA);
                var trees = new TreePassScorer(model, 100); var edges = new PrefixTreeScorer(java)) {
            var random = new SplittableRandom(2);
            var asked = new ArrayList<Continuation>();
            for (int i = 0; i < 200; i++)
                asked.add(new Continuation(random.ints(random.nextInt(1, 30), 0, 3).toArray(),
                        random.ints(random.nextInt(1, 20), 0, 3).toArray()));
            var expected = edges.logprobs(asked);
            var actual = trees.logprobs(asked);
            for (int i = 0; i < asked.size(); i++) {
                assertArrayEquals(expected.get(i).logprobs(), actual.get(i).logprobs(), 1e-4);
                assertArrayEquals(expected.get(i).likeliest(), actual.get(i).likeliest());
            }
        }
    }

    /** One text in one pass: what is too long for the context is cut at its beginning. */
    private static void assertAlone(CausalLM model, Continuation asked, TokenScores scores) {
        var all = Arrays.copyOf(asked.context(), asked.context().length + asked.ids().length);
        System.arraycopy(asked.ids(), 0, all, asked.context().length, asked.ids().length);
        var kept = Arrays.copyOfRange(all, Math.max(0, all.length - 65), all.length);
        var expected = new double[asked.ids().length];
        var greedy = new boolean[expected.length];
        try (var session = model.openSession(0); var sequence = session.open()) {
            for (int t = 0; t + 1 < kept.length; t++) {
                var next = session.feed(List.of(Feed.of(sequence, kept[t]))).getFirst().scores()[0];
                var at = t + 1 - (kept.length - expected.length);
                if (at < 0) continue;
                var sum = 0.0;
                var best = 0;
                for (int id = 0; id < next.length; id++) {
                    sum += Math.exp(next[id]);
                    if (next[id] > next[best]) best = id;
                }
                expected[at] = next[kept[t + 1]] - Math.log(sum);
                greedy[at] = best == kept[t + 1];
            }
        }
        assertArrayEquals(expected, scores.logprobs(), 1e-4);
        assertArrayEquals(greedy, scores.likeliest());
    }

    @Test
    void aContinuationLongerThanTheContextIsRefused() {
        try (var model = model("gpt2-tiny", Backend.JAVA); var scorer = Scorer.of(model)) {
            var tooLong = List.of(new Continuation(new int[] {1}, new int[65]));
            assertThrows(IllegalArgumentException.class, () -> scorer.logprobs(tooLong));
            assertEquals(64, scorer.logprobs(List.of(new Continuation(new int[] {1}, new int[64]))).getFirst().logprobs().length);
        }
    }
}
