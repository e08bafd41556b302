package dev.parley.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.Seed;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorKernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of query heads that share key-value heads, in windows over several blocks, against softmax(q kᵀ) v in double. */
class AttentionSizesTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static final int LAYERS = 2;
    private static final int KV_HEADS = 2;
    private static final int QUERY_HEADS = 4;

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    /** What a cache was given, as it keeps it: [layer][key-value head][token][dimension]. */
    private record Given(float[][][][] keys, float[][][][] values) {

        static Given of(KvBlocks cache, int tokens, int dim, SplittableRandom random) {
            var given = new Given(new float[LAYERS][KV_HEADS][tokens][], new float[LAYERS][KV_HEADS][tokens][]);
            for (int t = 0; t < tokens;) { // as prompts and tokens come, some at a time
                var count = Math.min(tokens - t, random.nextInt(1, 80));
                cache.reserve(count);
                for (int end = t + count; t < end; t++) {
                    for (int layer = 0; layer < LAYERS; layer++)
                        for (int head = 0; head < KV_HEADS; head++) given.put(cache, layer, head, t, dim, random);
                }
                cache.advance(count);
            }
            return given;
        }

        private void put(KvBlocks cache, int layer, int head, int t, int dim, SplittableRandom random) {
            var both = Seed.gaussians(random, 2 * dim + 3);
            cache.put(layer, head, t, both, 1, both, dim + 2);
            if (!cache.wide()) for (int i = 0; i < both.length; i++) both[i] = BFloat16Bits.toFloat(BFloat16Bits.of(both[i]));
            keys[layer][head][t] = Arrays.copyOfRange(both, 1, 1 + dim);
            values[layer][head][t] = Arrays.copyOfRange(both, dim + 2, 2 * dim + 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "true, 7", "true, 16", "true, 33", "true, 64", "true, 80", "true, 128", "false, 2", "false, 6",
        "false, 8", "false, 16",
        "false, 24", "false, 32", "false, 48", "false, 64", "false, 80", "false, 96", "false, 128", "false, 256"})
    void everyHeadOfEveryLayerSeesItsWindow(boolean wide, int dim) {
        var random = SEED.random();
        var tokens = random.nextInt(130, 300);
        try (var cache = new KvBlocks(LAYERS, KV_HEADS, dim, wide, 300)) {
            var given = Given.of(cache, tokens, dim, random);
            for (int i = 0; i < 24; i++) {
                int from = i % 3 == 0 ? 0 : random.nextInt(tokens), to = random.nextInt(from + 1, tokens + 1);
                if (i % 4 == 1) to = Math.min(tokens, Math.ceilDiv(from + 1, KvBlocks.TOKENS) * KvBlocks.TOKENS); // to the end of a block
                var queries = Seed.gaussians(random, QUERY_HEADS * dim);
                for (int layer = 0; layer < LAYERS; layer++) {
                    for (int head = 0; head < QUERY_HEADS; head++) check(cache, given, layer, head, queries, dim, from, to);
                }
            }
        }
    }

    private static void check(KvBlocks cache, Given given, int layer, int head, float[] queries, int dim, int from, int to) {
        int kvHead = head * KV_HEADS / QUERY_HEADS, outAt = 3;
        var scale = (float) (1 / Math.sqrt(dim));
        float[] out = new float[outAt + dim + 2], scratch = new float[Attention.scratchSize(to, dim)];
        Arrays.fill(out, 1e9f);
        Arrays.fill(scratch, Float.NaN); // of another query's, whatever it was
        Attention.oneHead(cache, layer, kvHead, queries, head * dim, scale, from, to, out, outAt, scratch);

        var weights = new double[to];
        double sum = 0, largest = 0;
        for (int t = from; t < to; t++) {
            double score = 0, size = 0;
            for (int d = 0; d < dim; d++) {
                score += (double) queries[head * dim + d] * given.keys[layer][kvHead][t][d];
                size += Math.abs((double) queries[head * dim + d] * given.keys[layer][kvHead][t][d]);
            }
            largest = Math.max(largest, size * scale);
            sum += weights[t] = Math.exp(score * scale);
        }
        // A score is a sum of dim products in float32, of which each addition rounds by 2^-24 of at most the sum of magnitudes; an error
        // of a score is one of the weight's logarithm. The sums over tokens and the exponential add some units more.
        var relative = 0x1p-24 * (dim * largest + (to - from) + 16) * 2;
        for (int t = from; t < to; t++) assertEquals(weights[t] / sum, scratch[t], relative * weights[t] / sum, "weight of token " + t);
        for (int d = 0; d < dim; d++) {
            double wanted = 0, size = 0;
            for (int t = from; t < to; t++) {
                wanted += weights[t] / sum * given.values[layer][kvHead][t][d];
                size += weights[t] / sum * Math.abs(given.values[layer][kvHead][t][d]);
            }
            assertEquals(wanted, out[outAt + d], 2 * relative * size, "dimension " + d + ", tokens " + from + " to " + to);
        }
        for (int i = 0; i < out.length; i++)
            if (i < outAt || i >= outAt + dim) assertEquals(1e9f, out[i], "a number beside the head was written");

        var plain = new float[out.length];
        Arrays.fill(plain, 1e9f);
        ScalarAttention.oneHead(cache, layer, kvHead, queries, head * dim, new Attention.ScoreRule(scale, 0), from, to, plain, outAt,
                new float[scratch.length]);
        assertArrayEquals(out, plain, "plain loops give the same bits");
    }
}
