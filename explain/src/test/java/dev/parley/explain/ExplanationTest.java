package dev.parley.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.WeightType;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a model, against GPT-2 in doubles, and for each family against what must hold of any. */
class ExplanationTest {

    private static final int[] PROMPT = {1, 12, 3, 44, 5, 9, 31};
    private static final int[] ANSWER = {7, 8, 20};
    private static final int[] WHOLE = {1, 12, 3, 44, 5, 9, 31, 7, 8, 20};

    /** Sums of some hundred float32 products against doubles. */
    private static final double FLOAT = 2e-5;

    @TempDir
    private Path folder;

    private static CausalLM model(String name) {
        return CausalLM.fromPretrained(Golden.folder(name), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
    }

    private static ExplainedText text() {
        return ExplainedText.of(Optional.empty(), PROMPT, ANSWER);
    }

    private static Explanation explain(CausalLM model, ExplainOptions options) {
        return Explanation.of(model, Optional.empty(), text(), options);
    }

    private static double[] scores(Explanation explanation, Analysis method, int token) {
        return explanation.attribution(method).orElseThrow().scores().get(token);
    }

    private static double logprob(PlainGpt2 plain, double[][] embeddings, int position) {
        return PlainGpt2.logprob(plain.scores(Arrays.copyOf(embeddings, position))[position - 1], WHOLE[position]);
    }

    @Test
    void attentionAndRolloutAreThoseOfAModelInDoubles() {
        try (var model = model("gpt2-tiny")) {
            var explanation = explain(model, ExplainOptions.DEFAULT.withAnalyses(Analysis.ATTENTION, Analysis.ROLLOUT));
            var plain = new PlainGpt2(model);
            plain.scores(plain.embeddings(WHOLE));
            for (int n = 0; n < ANSWER.length; n++) {
                var last = PROMPT.length + n - 1;
                var weights = explanation.attention().orElseThrow().weights().get(n);
                for (int l = 0; l < weights.length; l++) {
                    for (int h = 0; h < weights[l].length; h++) {
                        for (int s = 0; s <= last; s++) assertEquals(plain.attention[l][h][last][s], weights[l][h][s], FLOAT);
                    }
                }
                var rollout = rollout(plain.attention, last + 1);
                for (int s = 0; s <= last; s++) assertEquals(rollout[last][s], scores(explanation, Analysis.ROLLOUT, n)[s], FLOAT);
                assertEquals(1, Arrays.stream(scores(explanation, Analysis.ROLLOUT, n)).sum(), FLOAT);
            }
        }
    }

    /** Of five layers the three with convolutions give nothing to any token; their heads are not counted. */
    @Test
    void layersWithoutAttentionArePassedOver() throws IOException {
        var config = Files.writeString(folder.resolve("published.json"), """
                {"model_type": "lfm2", "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 5, "num_attention_heads": 2,
                 "num_key_value_heads": 1, "intermediate_size": 24, "max_position_embeddings": 32, "full_attn_idxs": [1, 3]}""");
        TrainableLM.create(ModelConfig.read(config), 3).savePretrained(folder);
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.AUTO)) {
            var analyses = new Analysis[] {Analysis.ATTENTION, Analysis.ROLLOUT, Analysis.GRADIENT_X_INPUT, Analysis.LOGIT_ATTRIBUTION};
            var explanation = explain(model, ExplainOptions.DEFAULT.withAnalyses(analyses));
            for (int n = 0; n < ANSWER.length; n++) {
                assertEquals(1, Arrays.stream(scores(explanation, Analysis.ATTENTION, n)).sum(), FLOAT);
                assertEquals(1, Arrays.stream(scores(explanation, Analysis.ROLLOUT, n)).sum(), FLOAT);
                for (var score : scores(explanation, Analysis.GRADIENT_X_INPUT, n)) assertTrue(Double.isFinite(score));
            }
        }
    }

    /** The definition, matrix by matrix from the first layer up: R = (W/2 + I/2) R. */
    private static double[][] rollout(double[][][][] attention, int tokens) {
        var rollout = new double[tokens][tokens];
        for (int t = 0; t < tokens; t++) rollout[t][t] = 1;
        for (var layer : attention) {
            var next = new double[tokens][tokens];
            for (int t = 0; t < tokens; t++) {
                for (int k = 0; k <= t; k++) {
                    var weight = k == t ? 0.5 : 0;
                    for (var head : layer) weight += 0.5 * head[t][k] / layer.length;
                    for (int s = 0; s < tokens; s++) next[t][s] += weight * rollout[k][s];
                }
            }
            rollout = next;
        }
        return rollout;
    }

    @Test
    void gradientTimesInputIsTheSlopeOfTheLogProbabilityInDoubles() {
        try (var model = model("gpt2-tiny")) {
            var explanation = explain(model, ExplainOptions.DEFAULT.withAnalyses(Analysis.GRADIENT_X_INPUT));
            var plain = new PlainGpt2(model);
            var h = 1e-5;
            for (int n = 0; n < ANSWER.length; n++) {
                var position = PROMPT.length + n;
                for (int s = 0; s < position; s++) {
                    var slope = (logprob(plain, scaled(plain.embeddings(WHOLE), s, 1 + h), position)
                            - logprob(plain, scaled(plain.embeddings(WHOLE), s, 1 - h), position)) / (2 * h);
                    // gradients of float32 are sums over all paths through the network
                    assertEquals(slope, scores(explanation, Analysis.GRADIENT_X_INPUT, n)[s], 1e-4 * Math.max(1, Math.abs(slope)));
                }
            }
        }
    }

    @Test
    void integratedGradientsAreTheIntegralInDoublesOfEachTokensSlope() {
        try (var model = model("gpt2-tiny")) {
            var baseline = 2;
            var explanation = explain(model,
                    ExplainOptions.DEFAULT.withAnalyses(Analysis.INTEGRATED_GRADIENTS).withBaseline(baseline).withTokens(List.of(1)));
            var plain = new PlainGpt2(model);
            var blank = new int[PROMPT.length];
            Arrays.fill(blank, baseline);
            double[][] from = plain.embeddings(blank), to = plain.embeddings(PROMPT);
            var pieces = 20;
            var nodes = new double[] {0.5 - Math.sqrt(0.15), 0.5, 0.5 + Math.sqrt(0.15)}; // Gauss-Legendre's three, of each piece
            var weights = new double[] {5 / 18.0, 8 / 18.0, 5 / 18.0};
            var h = 1e-5;
            for (int s = 0; s < PROMPT.length; s++) {
                var integral = 0.0;
                for (int i = 0; i < 3 * pieces; i++) {
                    var piece = i % pieces;
                    var node = i / pieces;
                    var at = (piece + nodes[node]) / pieces;
                    integral += weights[node] * (logprob(plain, between(from, to, at, s, at + h), PROMPT.length)
                            - logprob(plain, between(from, to, at, s, at - h), PROMPT.length)) / (2 * h) / pieces;
                }
                assertEquals(integral, scores(explanation, Analysis.INTEGRATED_GRADIENTS, 0)[s], 2e-3);
            }
        }
    }

    /** All tokens at a share of the way, one of them at another. */
    private static double[][] between(double[][] from, double[][] to, double share, int token, double itsShare) {
        var x = new double[to.length][];
        for (int t = 0; t < x.length; t++) {
            x[t] = from[t].clone();
            for (int i = 0; i < x[t].length; i++) x[t][i] += (t == token ? itsShare : share) * (to[t][i] - from[t][i]);
        }
        return x;
    }

    private static double[][] scaled(double[][] x, int token, double factor) {
        for (int i = 0; i < x[token].length; i++) x[token][i] *= factor;
        return x;
    }

    @Test
    void occlusionIsWhatTheLogProbabilityLosesInDoubles() {
        try (var model = model("gpt2-tiny")) {
            var explanation = explain(model, ExplainOptions.DEFAULT.withAnalyses(Analysis.OCCLUSION).withBaseline(2));
            var plain = new PlainGpt2(model);
            for (int n = 0; n < ANSWER.length; n++) {
                var position = PROMPT.length + n;
                var whole = logprob(plain, plain.embeddings(WHOLE), position);
                assertEquals(whole, explanation.tokens().get(n).logprob(), FLOAT);
                for (int s = 0; s < position; s++) {
                    var without = WHOLE.clone();
                    without[s] = 2;
                    assertEquals(whole - logprob(plain, plain.embeddings(without), position),
                            scores(explanation, Analysis.OCCLUSION, n)[s], 2 * FLOAT);
                }
            }
        }
    }

    @Test
    void theLensShowsTheStreamOfAModelInDoublesAndEndsAtTheLogits() {
        try (var model = model("gpt2-tiny")) {
            var lens = explain(model, ExplainOptions.DEFAULT.withAnalyses(Analysis.LOGIT_LENS)).logitLens().orElseThrow();
            var plain = new PlainGpt2(model);
            var scores = plain.scores(plain.embeddings(WHOLE));
            for (int n = 0; n < ANSWER.length; n++) {
                var last = PROMPT.length + n - 1;
                for (int l = 0; l < plain.residuals.length; l++) {
                    var expected = PlainGpt2.logprob(plain.scoresOf(plain.residuals[l][last]), ANSWER[n]);
                    assertEquals(expected, lens.tokens().get(n).get(l).logprob(), FLOAT);
                }
                var end = lens.tokens().get(n).getLast();
                assertEquals(PlainGpt2.logprob(scores[last], ANSWER[n]), end.logprob(), FLOAT);
                var best = end.best().getFirst();
                assertTrue(Arrays.stream(scores[last]).max().orElseThrow() == scores[last][best.id()]);
                assertEquals(Math.exp(PlainGpt2.logprob(scores[last], best.id())), best.probability(), FLOAT);
                var rank = 1 + Arrays.stream(scores[last]).filter(score -> score > scores[last][WHOLE[last + 1]]).count();
                assertEquals(rank, end.rank());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama3-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny", "gpt2-tiny-bf16"})
    void inEveryFamilySharesSumToTheLogitAndIntegratedGradientsAreComplete(String name) {
        try (var model = model(name)) {
            var explanation = explain(model, ExplainOptions.DEFAULT);
            var expected = model.tokenLogprobs(new int[][] {WHOLE})[0];
            for (int n = 0; n < ANSWER.length; n++) {
                var token = explanation.tokens().get(n);
                assertEquals(expected[PROMPT.length + n - 1], token.logprob(), FLOAT);
                var shares = explanation.logitAttribution().orElseThrow().tokens().get(n);
                assertEquals(shares.logit(), shares.sum(), FLOAT * Math.max(1, Math.abs(shares.logit())));
                assertEquals(token.logprob(), explanation.logitLens().orElseThrow().tokens().get(n).getLast().logprob(), FLOAT);
            }
            var completeness = explanation.attribution(Analysis.INTEGRATED_GRADIENTS).orElseThrow().completeness().orElseThrow();
            assertEquals(64, completeness.steps());
            assertTrue(completeness.worstGap() <= 0.01, name + ": " + completeness);
            // the gain is known otherwise: the log-probability after a text of baseline tokens
            var blank = WHOLE.clone();
            Arrays.fill(blank, 0, PROMPT.length, explanation.baseline());
            var gained = expected[PROMPT.length - 1] - model.tokenLogprobs(new int[][] {blank})[0][PROMPT.length - 1];
            assertEquals(gained, completeness.tokens().getFirst().gained(), 10 * FLOAT);
        }
    }

    @Test
    void aContrastExplainsTheDifferenceOfTwoLogits() {
        try (var model = model("qwen3-tiny")) {
            var other = 9;
            var explanation = explain(model, ExplainOptions.DEFAULT.withTokens(List.of(2)).withContrast(other).withBaseline(2));
            var token = explanation.tokens().getFirst();
            var against = new int[][] {{1, 12, 3, 44, 5, 9, 31, 7, other}};
            var position = PROMPT.length + 1;
            var expected = model.tokenLogprobs(new int[][] {WHOLE})[0][position - 1] - model.tokenLogprobs(against)[0][position - 1];
            assertEquals(expected, token.value(), 2 * FLOAT);
            var shares = explanation.logitAttribution().orElseThrow().tokens().getFirst();
            assertEquals(expected, shares.logit(), 2 * FLOAT);
            assertEquals(expected, shares.sum(), 2 * FLOAT);
            assertEquals(expected, explanation.logitLens().orElseThrow().tokens().getFirst().getLast().value(), 2 * FLOAT);
            int[] without = WHOLE.clone(), againstWithout = against[0].clone();
            without[3] = 2;
            againstWithout[3] = 2;
            var left = model.tokenLogprobs(new int[][] {without})[0][position - 1]
                    - model.tokenLogprobs(new int[][] {againstWithout})[0][position - 1];
            assertEquals(expected - left, scores(explanation, Analysis.OCCLUSION, 0)[3], 4 * FLOAT);
        }
    }

    @Test
    void aTextOfSeveralPassesIsExplainedBesideAThreadThatUsesTheModel() throws Exception {
        try (var created = TrainableLM.create(ModelConfig.qwen3(90, 256, 32, 2, 4, 2, 64), 5)) {
            created.savePretrained(folder);
        }
        int[] prompt = new Random(2).ints(200, 0, 90).toArray(), answer = {4, 50};
        var text = ExplainedText.of(Optional.empty(), prompt, answer);
        var whole = text.ids();
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var pool = Executors.newSingleThreadExecutor()) {
            var expected = model.tokenLogprobs(new int[][] {whole})[0];
            var stop = new AtomicBoolean();
            var beside = pool.submit(() -> {
                while (!stop.get()) assertArrayEquals(expected, model.tokenLogprobs(new int[][] {whole})[0], FLOAT);
            });
            try (var shared = model.forAnotherThread()) {
                var options = ExplainOptions.DEFAULT.withAnalyses(Analysis.LOGIT_ATTRIBUTION, Analysis.LOGIT_LENS, Analysis.ROLLOUT,
                        Analysis.OCCLUSION).withFaithfulness(false).withBaseline(1);
                var explanation = Explanation.of(shared, Optional.empty(), text, options);
                for (int n = 0; n < answer.length; n++) {
                    assertEquals(expected[prompt.length + n - 1], explanation.tokens().get(n).logprob(), FLOAT);
                    var shares = explanation.logitAttribution().orElseThrow().tokens().get(n);
                    assertEquals(shares.logit(), shares.sum(), FLOAT);
                    assertEquals(expected[prompt.length + n - 1],
                            explanation.logitLens().orElseThrow().tokens().get(n).getLast().logprob(), FLOAT);
                    assertEquals(1, Arrays.stream(scores(explanation, Analysis.ROLLOUT, n)).sum(), FLOAT);
                }
                for (var s : new int[] {0, 127, 128, 199}) {
                    var without = whole.clone();
                    without[s] = 1;
                    var left = shared.tokenLogprobs(new int[][] {without})[0][prompt.length];
                    assertEquals(expected[prompt.length] - left, scores(explanation, Analysis.OCCLUSION, 1)[s], 2 * FLOAT);
                }
            } finally {
                stop.set(true);
            }
            beside.get(60, TimeUnit.SECONDS);
            assertArrayEquals(expected, model.tokenLogprobs(new int[][] {whole})[0], FLOAT, "the weights are still there");
        }
    }

    @Test
    void whatCannotBeExplainedIsSaidInASentence() {
        try (var model = model("gpt2-tiny")) {
            var most = model.config().maxPositionEmbeddings();
            var tooLong = ExplainedText.of(Optional.empty(), new int[most], ANSWER);
            var problem = assertThrows(ModelException.class,
                    () -> Explanation.of(model, Optional.empty(), tooLong, ExplainOptions.DEFAULT));
            assertEquals("A text of " + (most + 3) + " tokens does not fit the model's context of " + most + " tokens.",
                    problem.getMessage());
            var unknown = assertThrows(ModelException.class, () -> explain(model, ExplainOptions.DEFAULT.withContrast(1_000_000)));
            assertTrue(unknown.getMessage().startsWith("Token id 1000000 is not in the model's vocabulary"), unknown.getMessage());
            var absent = assertThrows(IllegalArgumentException.class,
                    () -> explain(model, ExplainOptions.DEFAULT.withTokens(List.of(4))));
            assertEquals("The answer has 3 tokens; there is no token 4.", absent.getMessage());
            var same = assertThrows(IllegalArgumentException.class, () -> explain(model, ExplainOptions.DEFAULT.withContrast(ANSWER[0])));
            assertEquals("The answer's token and the one that it is compared with are the same.", same.getMessage());
            assertThrows(IllegalArgumentException.class, () -> ExplainedText.of(Optional.empty(), new int[0], ANSWER));
            assertThrows(IllegalArgumentException.class, () -> ExplainedText.of(Optional.empty(), PROMPT, new int[0]));
        }
    }
}
