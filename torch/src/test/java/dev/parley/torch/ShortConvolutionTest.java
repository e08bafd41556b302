package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.TokenTree;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A convolution sees the tokens of its own text alone, wherever that lies in a batch. */
class ShortConvolutionTest {

    private static final double ROUNDING = 1e-5; // of float32, in another order
    private static final int[] ONE = {5, 9, 33, 71, 12, 8}, TWO = {44, 3}, THREE = {60, 61, 90, 14};

    private static Path folder(String name) throws Exception {
        return Path.of(ShortConvolutionTest.class.getResource("families/" + name + "/config.json").toURI()).getParent();
    }

    private static int[] joined(int[]... parts) {
        var n = 0;
        for (var part : parts) n += part.length;
        var all = new int[n];
        var at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfm2", "lfm2-four-taps"})
    void packedTextsHaveTheLossAndGradientsOfTheTextsAlone(String name) throws Exception {
        int[][] row = {joined(ONE, TWO, THREE)}, targets = {row[0].clone()}, segments = {{0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2}};
        targets[0][ONE.length] = -100; // nothing foretells the first token of a text
        targets[0][ONE.length + TWO.length] = -100;
        try (var packed = TrainableLM.fromPretrained(folder(name), DType.FLOAT32);
                var alone = TrainableLM.fromPretrained(folder(name), DType.FLOAT32)) {
            for (var model : new TrainableLM[] {packed, alone}) for (var p : model.parameters().all()) p.learn(true);
            var loss = packed.lossAndBackward(TrainingBatch.of(row, targets, segments), 9);
            var sum = 0.0;
            for (var text : new int[][] {ONE, TWO, THREE}) sum += alone.lossAndBackward(TrainingBatch.of(new int[][] {text}), 9).sum();
            assertEquals(sum, loss.sum(), ROUNDING * sum);
            for (var p : packed.parameters().all())
                assertArrayEquals(alone.parameters().get(p.name()).gradient().toFloats(), p.gradient().toFloats(), 1e-5f, p.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfm2", "lfm2-four-taps"})
    void aLeftPaddedTextEqualsItAlone(String name) throws Exception {
        try (var model = TrainableLM.fromPretrained(folder(name), DType.FLOAT32)) {
            var batch = new TokenBatch(new int[][] {ONE, joined(new int[4], TWO), joined(new int[2], THREE)},
                    new int[][] {{1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 1, 1}});
            var together = model.nextLogits(batch);
            int[][] texts = {ONE, TWO, THREE};
            for (int b = 0; b < texts.length; b++)
                assertArrayEquals(model.nextLogits(TokenBatch.of(texts[b]))[0], together[b], (float) ROUNDING);
        }
    }

    /** The texts 5 9 33 71, 5 9 3 and 5 60 61 90 as one tree. */
    @ParameterizedTest
    @ValueSource(strings = {"lfm2", "lfm2-four-taps"})
    void aTreesTextsAreAsLikelyAsTheyAreAlone(String name) throws Exception {
        var tree = new TokenTree(new int[] {5, 9, 60, 33, 3, 61, 71, 90}, new int[] {-1, 0, 0, 1, 1, 2, 3, 5},
                new int[] {0, 0, 1, 1, 2, 3, 5}, new int[] {9, 60, 33, 3, 61, 71, 90});
        try (var model = CausalLM.fromPretrained(folder(name), WeightType.FLOAT32, DType.FLOAT32, Backend.TORCH)) {
            var found = model.read(tree).logprobs();
            double[] one = model.tokenLogprobs(new int[][] {{5, 9, 33, 71}})[0], two = model.tokenLogprobs(new int[][] {{5, 9, 3}})[0],
                    three = model.tokenLogprobs(new int[][] {{5, 60, 61, 90}})[0];
            assertArrayEquals(new double[] {one[0], three[0], one[1], two[1], three[1], one[2], three[2]}, found, ROUNDING);
        }
    }
}
