package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.torch.TrainableLM;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What heads see of a text, against GPT-2 written out in loops over doubles. */
class AttentionProbeTest extends EngineTest {

    private static final int LAYERS = 2, HEADS = 2, C = 64, D = C / HEADS;

    private final int[] text = new Random(4).ints(200, 0, 50_000).toArray();

    @Test
    void theWeightsAreThoseOfTheLastTokensQueries() throws Exception {
        double[][][] expected;
        try (var random = TrainableLM.create(ModelConfig.gpt2(TOKENIZER.vocabSize(), 512, C, LAYERS, HEADS), 7)) {
            expected = new PlainGpt2(random).attentionOfLast(text);
        }
        try (var exact = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.BFLOAT16, Backend.JAVA);
                var engine = new InferenceEngine(exact, TOKENIZER, Limits.DEFAULT)) {
            var weights = engine.attention("", text).get(60, TimeUnit.SECONDS);
            assertEquals(LAYERS, weights.length);
            for (int l = 0; l < LAYERS; l++) {
                assertEquals(HEADS, weights[l].length);
                for (int h = 0; h < HEADS; h++) {
                    assertEquals(text.length, weights[l][h].length);
                    // Single weights are near 1/200; sums of 64 float products are right to some 1e-6 of that.
                    for (int t = 0; t < text.length; t++) assertEquals(expected[l][h][t], weights[l][h][t], 2e-7);
                }
            }
        }
    }

    @Test
    void theyAreTheSameAfterAKnownBeginningAndBesideRunningTexts() throws Exception {
        try (var engine = engine(Limits.DEFAULT)) {
            var alone = engine.attention("", text).get(60, TimeUnit.SECONDS);
            var kept = new Kept();
            var ticket = engine.submit(
                    TextRequest.of(Arrays.copyOf(text, 100), GenerationConfig.builder().temperature(0).ignoreEos(true).build()), kept);
            assertTrue(kept.first.await(60, TimeUnit.SECONDS));
            var known = engine.attention("", text).get(60, TimeUnit.SECONDS);
            ticket.cancel();
            for (int l = 0; l < LAYERS; l++) {
                for (int h = 0; h < HEADS; h++) assertArrayEquals(alone[l][h], known[l][h]);
            }
        }
    }

    /** The first layers of GPT-2 (Radford et al. 2019) as its paper and Vaswani et al. 2017 have it, one token after the other. */
    private static final class PlainGpt2 {

        private final TrainableLM model;

        PlainGpt2(TrainableLM model) {
            this.model = model;
        }

        private float[] weights(String name) {
            return model.parameters().get("transformer." + name).value().toFloats();
        }

        double[][][] attentionOfLast(int[] ids) {
            var weights = new double[LAYERS][HEADS][];
            var x = new double[ids.length][C];
            float[] tokens = weights("wte.weight"), positions = weights("wpe.weight");
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < C; i++) x[t][i] = tokens[ids[t] * C + i] + positions[t * C + i];
            }
            for (int l = 0; l < LAYERS; l++) {
                var path = "h." + l + ".";
                var qkv = Arrays.stream(x).map(row -> linear(path + "attn.c_attn", norm(path + "ln_1", row))).toArray(double[][]::new);
                for (int t = 0; t < ids.length; t++) {
                    var heads = new double[C];
                    for (int h = 0; h < HEADS; h++) {
                        weights[l][h] = softmax(qkv, t, h);
                        for (int s = 0; s <= t; s++) {
                            for (int d = 0; d < D; d++) heads[h * D + d] += weights[l][h][s] * qkv[s][2 * C + h * D + d];
                        }
                    }
                    add(x[t], linear(path + "attn.c_proj", heads));
                    var inner = linear(path + "mlp.c_fc", norm(path + "ln_2", x[t]));
                    for (int i = 0; i < inner.length; i++)
                        inner[i] = 0.5 * inner[i] * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (inner[i] + 0.044715 * Math.pow(inner[i], 3))));
                    add(x[t], linear(path + "mlp.c_proj", inner));
                }
            }
            return weights;
        }

        private static double[] softmax(double[][] qkv, int t, int h) {
            var p = new double[t + 1];
            for (int s = 0; s <= t; s++) {
                for (int d = 0; d < D; d++) p[s] += qkv[t][h * D + d] * qkv[s][C + h * D + d];
                p[s] = Math.exp(p[s] / Math.sqrt(D));
            }
            var sum = Arrays.stream(p).sum();
            return Arrays.stream(p).map(e -> e / sum).toArray();
        }

        /** x W + b, W as (inputs, outputs). */
        private double[] linear(String name, double[] x) {
            float[] w = weights(name + ".weight"), b = weights(name + ".bias");
            var y = new double[b.length];
            for (int o = 0; o < y.length; o++) {
                y[o] = b[o];
                for (int i = 0; i < x.length; i++) y[o] += x[i] * w[i * y.length + o];
            }
            return y;
        }

        private double[] norm(String name, double[] x) {
            float[] w = weights(name + ".weight"), b = weights(name + ".bias");
            var mean = Arrays.stream(x).average().orElseThrow();
            var variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            var y = new double[C];
            for (int i = 0; i < C; i++) y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * w[i] + b[i];
            return y;
        }

        private static void add(double[] x, double[] y) {
            for (int i = 0; i < x.length; i++) x[i] += y[i];
        }
    }
}
